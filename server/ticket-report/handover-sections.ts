import { isAskOver } from '@askfirst/protocol/ticket-ask.ts'
import { isStatedBody } from '../export/log-bodies.ts'
import { emptySteps, stepTitle } from '../method/steps.ts'
import type { Escalation, Target } from '../store/clock-entities.ts'
import type { StoredRequest } from '../store/entities.ts'
import type { Mover } from '../tickets/state-moves.ts'
import { moverOf } from '../tickets/state-moves.ts'
import { askWords } from './ask-words.ts'
import type { EditionView } from './edition-view.ts'
import { findingParts } from './finding-parts.ts'
import { ACTION_STATES, stepParts, theoryParts } from './method-parts.ts'
import type { Block, Fact, Section } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import type { Making } from './report-sections.ts'
import { conversation, listed, notes, problem, summary, table } from './report-sections.ts'
import { requestStateText, stretchText, timeText } from './report-words.ts'
import { criterionText, targetName } from './tell-clock.ts'

/** How much of what grows with a ticket a hand-over shows; who takes it over reads this first and the log later. */
const LAST = 10

/** What somebody needs to know who takes the ticket over: why, how far it came, what is open, and how to go on. */
export function handoverSections(making: Making): readonly Section[] {
  const { input, view } = making
  const last = { ...input, findings: input.findings.filter(({ state }) => state !== 'dismissed').slice(-LAST) }
  return [
    summary(making),
    listed('handover', 'Why and with what', input.escalations.map(escalationPart(view)), NEVER_ASKED),
    goOn(making),
    open(input),
    permissions(making),
    problem(making),
    listed('steps', 'The six steps', stepParts(input, view), ''),
    listed('theories', 'Theories', theoryParts(input), 'Nothing was supposed.'),
    listed('findings', 'Last findings', findingParts(last, view), 'Nothing was found, or all of it was dismissed.'),
    conversation(making, LAST),
    notes(making, LAST),
    people(making),
  ]
}

const NEVER_ASKED = 'Nobody asked for the ticket to be taken over.'
const NOT_RECORDED = 'Not recorded'

const ANSWERS: Readonly<Record<Escalation['state'], string>> = {
  asked: 'waits for an answer',
  accepted: 'accepted',
  declined: 'declined',
}

function escalationPart(view: EditionView): (escalation: Escalation) => Block {
  return ({ fromLevel, toLevel, state, ...escalation }) => {
    const { criterion, askedBy, askedAt, toUserId, fromUserId, summary: words, answeredBy, answeredAt } = escalation
    const answer =
      answeredBy === null || answeredAt === null ? [] : [['Answered', `${timeText(answeredAt)}, by ${answeredBy.name}`]]
    const facts = [
      ['Why', criterionText(criterion)],
      ['Asked', `${timeText(askedAt)}, by ${view.who(askedBy)}`],
      ['Who is asked', toUserId === null ? `Anybody of level ${toLevel}` : view.person(toUserId)],
      ['Had the ticket', fromUserId === null ? 'Nobody' : view.person(fromUserId)],
      ...answer,
      ...(escalation.reason === null ? [] : [['Reason', escalation.reason]]),
    ].map(([name = '', value = '']): Fact => [name, value])
    return {
      kind: 'part',
      title: `Level ${fromLevel} to level ${toLevel}: ${ANSWERS[state]}`,
      blocks: [
        { kind: 'facts', facts },
        words.trim() === '' ? { kind: 'text', text: 'No summary was written.' } : { kind: 'quote', text: words },
      ],
    }
  }
}

/** What comes next, out of what was recorded. */
function goOn({ input }: Making): Section {
  const items = [...firstThings(input), ...methodThings(input)]
  const blocks: readonly Block[] =
    items.length === 0
      ? [{ kind: 'text', text: 'Nothing of what was recorded says how to go on.' }]
      : [{ kind: 'list', items }]
  return { id: 'go-on', title: 'How to go on', blocks }
}

function firstThings({ ticket, escalations, times, madeAt }: ReportInput): readonly string[] {
  if (ticket.state === 'closed') return []
  const waits = escalations.some(({ state }) => state === 'asked')
  const due = times.targets
    .filter(({ state }) => state === 'running')
    .toSorted((one, other) => String(one.dueAt).localeCompare(String(other.dueAt)))[0]
  return [
    ...(waits ? ['Accept it on the page of the ticket; until then its owner stays who it is'] : []),
    ...(due === undefined ? [] : [dueText(due, madeAt)]),
    ...(ticket.deviceIds.length === 0
      ? []
      : ['Ask the person for permission in your own name before you look at a device']),
  ]
}

function dueText({ target, dueAt }: Target, now: string): string {
  const at = dueAt ?? ''
  return at <= now
    ? `Overdue: ${targetName(target)}, since ${timeText(at)}`
    : `First due: ${targetName(target)}, by ${timeText(at)}`
}

function methodThings({ method, ticket, findings }: ReportInput): readonly string[] {
  const [step] = emptySteps(method, ticket)
  const measures = method.steps.flatMap(({ content }) => content?.measures ?? []).filter(({ isDone }) => !isDone)
  const tests = method.theories.filter(({ verdict }) => verdict === 'open')
  const checks = findings.filter(({ state }) => state === 'open').map(({ content }) => content.nextCheck.text)
  return [
    ...(step === undefined ? [] : [`The first step that says nothing: ${stepTitle(step)}`]),
    ...tests.map(({ statement, test }) => `Test the theory “${statement}”${test.text === '' ? '' : `: ${test.text}`}`),
    ...[...new Set(checks)].slice(-LAST).map((check) => `A finding nobody judged says: ${check}`),
    ...method.actions
      .filter(({ state }) => state === 'approved')
      .map(({ what }) => `Carry out what was approved: ${what}`),
    ...measures.map(({ text }) => `So that it does not come back: ${text}`),
  ]
}

const MOVER_TEXTS: Readonly<Record<Mover, string>> = {
  desk: 'The desk',
  person: 'The person',
  'on-site': 'The on-site person',
  'third-party': 'Somebody outside',
  approval: 'Whoever gives an approval',
  appointment: 'Both sides, at the appointment',
  nobody: 'Nobody: the ticket is closed',
}

function open(input: ReportInput): Section {
  const { ticket, times } = input
  const stands = times.targets.map(
    (target): Fact => [`Time for ${targetName(target.target)}`, standText(target, input)],
  )
  const facts: readonly Fact[] = [
    ['Whose move it is', MOVER_TEXTS[moverOf(ticket)]],
    ...(times.facts === null ? [['Times', NOT_RECORDED] as const] : stands),
  ]
  const items = openThings(input)
  const rest: Block = items.length === 0 ? { kind: 'text', text: 'Nothing else stands open.' } : { kind: 'list', items }
  return { id: 'open', title: 'What is open', blocks: [{ kind: 'facts', facts }, rest] }
}

function standText({ state, dueAt, leftMs, minutes }: Target, { madeAt }: ReportInput): string {
  const promised = `promised ${stretchText(minutes * 60_000)}`
  if (state === 'met') return `kept; ${promised}`
  if (state === 'missed') return `not kept; ${promised}, over since ${timeText(dueAt ?? '')}`
  if (dueAt === null) return `stands still, ${stretchText(leftMs ?? 0)} left; ${promised}`
  return dueAt <= madeAt ? `over since ${timeText(dueAt)}; ${promised}` : `until ${timeText(dueAt)}; ${promised}`
}

const OPEN_ACTIONS: readonly string[] = ['planned', 'asked', 'approved']
const OPEN_REQUESTS: readonly string[] = ['asked', 'received', 'shown']

function openThings({ method, asks, requests, runs, appointments, madeAt }: ReportInput): readonly string[] {
  const now = Date.parse(madeAt)
  return [
    ...method.actions
      .filter(({ state }) => OPEN_ACTIONS.includes(state))
      .map(({ what, state }) => `Action: ${what} (${ACTION_STATES[state]})`),
    ...asks
      .filter(({ state, ask }) => state === 'open' && !isAskOver(ask, now))
      .map(({ ask }) => `Asked the person, no answer yet: ${askWords(ask)}`),
    ...requests
      .filter(({ state }) => OPEN_REQUESTS.includes(state))
      .map(({ request, answerBy }) => `Asked for permission until ${timeText(answerBy)}: ${request.purpose}`),
    ...runs.filter(({ endedAt }) => endedAt === null).map(({ collector }) => `Still being read: ${collector}`),
    ...appointments
      .filter(({ state, until }) => state === 'agreed' && until > madeAt)
      .map(({ from, what, technicianName }) => `Appointment at ${timeText(from)} with ${technicianName}: ${what}`),
  ]
}

/** Who may read what, as it stands; none of it goes to the next owner (SPEC T38). */
function permissions({ input, view }: Making): Section {
  const rows = input.requests.map((stored) => [
    stored.request.technician.name,
    view.device(stored.deviceId),
    stored.request.purpose,
    standing(stored, input.madeAt),
  ])
  const head = ['Asked by', 'Device', 'Purpose', 'How it stands']
  const section = table('permissions', { title: 'Permissions', head, rows, none: 'Nobody was asked for permission.' })
  const rule = 'Permissions do not pass on. Each is for the one who asked; whoever takes over asks in their own name.'
  return { ...section, blocks: [{ kind: 'text', text: rule }, ...section.blocks] }
}

function standing({ state, grant, grantEndedAt }: StoredRequest, now: string): string {
  if (grant === null) return requestStateText(state)
  if (grantEndedAt !== null) return `Allowed, ended ${timeText(grantEndedAt)}`
  return grant.expiresAt <= now
    ? `Allowed, ran out ${timeText(grant.expiresAt)}`
    : `Allowed to them alone until ${timeText(grant.expiresAt)}`
}

function people({ input, view }: Making): Section {
  const { ticket, entries } = input
  const { onSite, stakeholders } = ticket.contacts
  const contact = entries.flatMap(({ body }) =>
    isStatedBody.Check(body) && body.said.kind === 'opened' ? (body.said.contact ?? []) : [],
  )[0]
  const reach = [ticket.requesterEmail, contact].filter((way) => way !== null && way !== undefined)
  const facts: readonly Fact[] = [
    ['Asked for help', ticket.requesterName],
    ['How to reach them', [...new Set(reach)].join(', ') || 'In the ticket; nothing else was recorded'],
    ['On site', onSite === null ? NOT_RECORDED : [onSite.name, onSite.contact].filter(Boolean).join(', ')],
    ['Told how it goes on', stakeholders.map(({ name, email }) => `${name} (${email})`).join(', ') || 'Nobody'],
    ['Has the ticket', ticket.assigneeId === null ? 'Nobody' : view.person(ticket.assigneeId)],
  ]
  return { id: 'people', title: 'People', blocks: [{ kind: 'facts', facts }] }
}
