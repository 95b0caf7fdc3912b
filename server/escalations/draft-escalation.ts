import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { Handover } from './read-handover.ts'

/** What the form for an escalation begins with; the technician edits all of it. */
export interface EscalationDraft {
  readonly toLevel: number
  readonly summary: string
  /** What the person is told. */
  readonly message: string
}

/** Most items under one heading, the newest; a hand-over is read, the log is searched. */
const MOST_ITEMS = 12
const LONGEST_ITEM = 300

const OPEN_REQUEST: ReadonlySet<string> = new Set(['asked', 'received', 'shown'])

/** The hand-over out of what the log and the records say: facts, steps, findings, open things, words to the person. */
export function draftSummary(handover: Handover): string {
  const parts = [
    section('Problem', problem(handover)),
    section('Done so far', steps(handover)),
    section('Found', findings(handover)),
    section('Still open', openThings(handover)),
    section('Said to and by the person', words(handover.entries)),
  ]
  return parts.join('\n\n')
}

/** Tells the person in plain words what happens and what comes next. */
export function wordsToPerson(ownerName: string | null, toLevel: number): string {
  const team = toLevel >= 3 ? 'our senior team' : 'our specialists'
  const until = ownerName === null ? 'We keep an eye on it until then.' : `${ownerName} looks after it until then.`
  return [
    `Your problem needs more than we could do so far, so we have asked ${team} to take it over. ${until}`,
    'You need to do nothing and to explain nothing again: all that was found goes with it.',
    'What happens next: somebody takes it over and writes to you here. If they need to look at your device, they ask you first, in their own name.',
  ].join(' ')
}

function section(title: string, items: readonly string[]): string {
  const shown = items.slice(-MOST_ITEMS)
  const more = items.length > shown.length ? [`- (${items.length - shown.length} older ones stand in the log)`] : []
  const lines = [...more, ...shown.map((item) => `- ${short(item)}`)]
  return [`${title}:`, ...(lines.length > 0 ? lines : ['- nothing'])].join('\n')
}

function problem({ ticket }: Handover): readonly string[] {
  const { title, description, requesterName, createdAt, priority, impact, urgency } = ticket
  return [
    title,
    ...(description.trim() === '' ? [] : [description]),
    `Reported by ${requesterName}, opened ${minute(createdAt)}; P${priority} (impact ${impact}, urgency ${urgency})`,
  ]
}

function steps({ runs, requests, entries }: Handover): readonly string[] {
  const asked = requests.map(({ state, request }) => `Asked for permission: ${request.purpose} (${state})`)
  const read = runs.map(({ collector, state, rows }) => `Ran ${collector}: ${state}, ${rows} rows`)
  const noted = entries
    .filter(({ kind }) => kind === 'note.added')
    .map(({ actor, body }) => `${actor.name} noted: ${String(body['text'])}`)
  return [...asked, ...read, ...noted, ...entries.flatMap(methodStep)]
}

/** What was supposed, planned and done, as the method's entries say it. */
function methodStep({ kind, body }: LogEntry): readonly string[] {
  const said = (name: string) => (typeof body[name] === 'string' ? body[name] : '')
  if (kind === 'theory.added') return [`Supposed: ${said('statement')}`]
  if (kind === 'theory.judged') return [`Theory ${said('verdict')}: ${said('statement')} ${said('result')}`]
  if (kind === 'action.planned') return [`Planned: ${said('what')}`]
  if (kind === 'action.done') return [`Action ${said('state')}: ${said('what')} ${said('seen')}`]
  return []
}

function findings({ findings: all }: Handover): readonly string[] {
  return all.filter(({ state }) => state !== 'dismissed').map(({ content, state }) => `${content.statement} (${state})`)
}

function openThings({ requests, runs, ticket }: Handover): readonly string[] {
  const waiting = requests.filter(({ state }) => OPEN_REQUEST.has(state))
  const going = runs.filter(({ endedAt }) => endedAt === null)
  return [
    ...waiting.map(({ request, answerBy }) => `Waits for the person until ${minute(answerBy)}: ${request.purpose}`),
    ...going.map(({ collector }) => `${collector} still runs`),
    ...(ticket.state === 'waiting' ? ['The ticket waits for the person'] : []),
    'Permissions do not go with the ticket: ask the person again, in your own name',
  ]
}

function words(entries: readonly LogEntry[]): readonly string[] {
  return entries.flatMap(({ kind, actor, body }) => {
    if (kind === 'message.sent') return [`${actor.name}: ${String(body['text'])}`]
    const said: unknown = kind === 'person.stated' ? body['said'] : null
    const text: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, 'text') : null
    return typeof text === 'string' ? [`The person: ${text}`] : []
  })
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > LONGEST_ITEM ? `${line.slice(0, LONGEST_ITEM - 1)}…` : line
}

function minute(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`
}
