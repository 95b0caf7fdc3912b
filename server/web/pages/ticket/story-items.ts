import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import type { GrantView, RequestView } from '../../api/consent.ts'
import type { TicketState } from '../../api/types.ts'
import { fullTime } from '../../ui/time.tsx'
import { lengthText, priorityWord, severityWord, stateWord } from '../../ui/words.tsx'
import { answeredLines, askLines, askQuote, askText, choiceText, isAsk, spanText, takenBackText } from './ask-words.ts'
import { flowStory, isEndOrReturn, waitsForText } from './flow-words.ts'
import { receiptFacts } from './receipt.ts'
import { codeText } from './run-words.ts'
import type { StatedFile } from './statement.ts'
import { statementOf } from './statement.ts'
import { tellClock } from './story-clock.ts'
import { tellMail } from './story-mail.ts'
import { tellMethod } from './story-method.ts'
import { tellOffer } from './story-offers.ts'

/** One thing that happened, ready to be read. Runs are folded: all that a run's entries say stands in one item. */
export interface StoryItem {
  readonly seq: number
  readonly at: string
  readonly who: string
  /** What they did; follows the name. */
  readonly text: string
  /** Somebody's own words. */
  readonly quote: string | null
  readonly details: readonly string[]
  readonly kind: 'ticket' | 'note' | 'message' | 'consent' | 'run' | 'finding' | 'method'
  readonly runId: string | null
  /** Somebody's words under headings of their own. */
  readonly parts: readonly (readonly [heading: string, text: string])[]
  readonly files: readonly StatedFile[]
}

/** Whether an item belongs to what the desk and the person say to each other. */
export function isTalk({ kind }: StoryItem): boolean {
  return kind === 'message'
}

/** Names that entries give by id. */
export interface StoryNames {
  readonly device: (id: string) => string
  readonly person: (id: string) => string
  readonly collector: (deviceId: string, id: string) => string
  readonly request: (id: string) => RequestView | undefined
}

/** Questions that were asked in the log so far, by id. */
export type Asked = ReadonlyMap<string, TicketAsk>

/** What an entry says, to be read after the name of who did it. */
export type Told = Partial<Pick<StoryItem, 'quote' | 'details' | 'who' | 'runId' | 'parts' | 'files'>> &
  Pick<StoryItem, 'text' | 'kind'>

/** The log as a story, oldest first. */
export function storyOf(entries: readonly LogEntry[], names: StoryNames): readonly StoryItem[] {
  const asked = askedIn(entries)
  return entries.flatMap((entry) => {
    const told = tell(entry, names, asked)
    if (told === null) return []
    const who = entry.actor.kind === 'device' ? `The person at ${names.device(entry.actor.id)}` : entry.actor.name
    const plain = { quote: null, details: [], runId: null, parts: [], files: [] }
    return [{ seq: entry.seq, at: entry.at, who, ...plain, ...told }]
  })
}

function tell(entry: LogEntry, names: StoryNames, asked: Asked): Told | null {
  switch (entry.kind) {
    case 'ticket.opened':
      // What a person says when they open one stands in an entry of its own, which follows.
      return entry.actor.kind === 'device' ? null : { kind: 'ticket', text: 'opened the ticket' }
    case 'ticket.changed':
      return tellChange(entry, names)
    case 'note.added':
      return { kind: 'note', text: 'noted', quote: text(entry, 'text') }
    case 'consent.requested':
      return tellRequest(entry, names)
    case 'consent.withdrawn':
      return { kind: 'consent', text: WITHDRAWN[text(entry, 'reason')] ?? 'took the request back' }
    case 'consent.refused': {
      const details = [codeText(text(entry, 'code')), text(entry, 'detail')].filter((line) => line !== '')
      return { kind: 'consent', who: names.device(entry.actor.id), text: 'did not show the request', details }
    }
    case 'consent.receipt':
      return tellReceipt(entry, names)
    case 'consent.revoked':
      return { kind: 'consent', text: 'took the permission back', quote: receiptFacts(entry.body.jws).reason }
    case 'consent.reported': {
      const { osUser, reason } = receiptFacts(entry.body.jws)
      const technician = names.person(text(entry, 'technicianId'))
      const details = [...(osUser === null ? [] : [`Reported by ${osUser}`]), `${technician} cannot ask there any more`]
      return { kind: 'consent', text: `reported a request of ${technician} as suspicious`, quote: reason, details }
    }
    case 'report.cleared': {
      const of = `${names.person(text(entry, 'technicianId'))} on ${names.device(text(entry, 'deviceId'))}`
      return { kind: 'consent', text: `lifted the block of ${of}`, quote: text(entry, 'reason') }
    }
    case 'run.ordered': {
      const title = names.collector(text(entry, 'deviceId'), text(entry, 'collector'))
      const device = names.device(text(entry, 'deviceId'))
      return { kind: 'run', text: `ran “${title}” on ${device}`, runId: text(entry, 'runId') }
    }
    case 'message.sent':
    case 'person.stated':
    case 'ask.sent':
    case 'ask.answered':
    case 'ask.withdrawn':
    case 'appointment.agreed':
    case 'appointment.cancelled':
    case 'requester.wrote':
    case 'requester.answered':
    case 'requester.decided':
    case 'mail.failed':
    case 'mail.sent':
    case 'mail.received':
      return tellTalk(entry, asked)
    case 'run.accepted':
    case 'run.refused':
    case 'run.ended':
    case 'attachment.stored': // Stands under the statement that names the file.
      return null
    case 'finding.added': {
      const severity = severityOf(text(entry, 'severity'))
      return {
        kind: 'finding',
        text: `found: ${text(entry, 'statement')}`,
        details: severity === null ? [] : [severity],
      }
    }
    case 'finding.judged': {
      const verdict = text(entry, 'state') === 'confirmed' ? 'confirmed a finding' : 'dismissed a finding'
      return { kind: 'finding', text: `${verdict} (${text(entry, 'rule')})`, quote: text(entry, 'reason') }
    }
    default:
      return tellProcedure(entry, names)
  }
}

/** What the desk's procedure did. */
function tellProcedure(entry: LogEntry, names: StoryNames): Told | null {
  switch (entry.kind) {
    case 'clock.warned':
    case 'clock.breached':
    case 'escalation.asked':
    case 'escalation.accepted':
    case 'escalation.declined':
      return tellClock(entry, names)
    case 'offer.made':
    case 'offer.accepted':
    case 'offer.declined':
    case 'offer.withdrawn':
    case 'ticket.assigned':
      return tellOffer(entry, names)
    case 'ticket.linked':
    case 'ticket.merged':
    case 'ticket.closed':
    case 'ticket.reopened':
      return { kind: 'ticket', ...flowStory(entry) }
    default: {
      const told = tellMethod(entry)
      return told === null ? tellKept(entry) : { kind: 'method', ...told }
    }
  }
}

/** What the desk keeps of a ticket, or does not. */
function tellKept(entry: LogEntry): Told {
  switch (entry.kind) {
    case 'knowledge.written':
      return { kind: 'ticket', text: 'wrote it up as a known problem', quote: text(entry, 'title') }
    case 'retention.held':
      return { kind: 'ticket', text: 'put the ticket on legal hold', quote: text(entry, 'reason') }
    case 'retention.released':
      return { kind: 'ticket', text: 'ended the legal hold', quote: text(entry, 'reason') }
    case 'retention.aged-out':
      return { kind: 'ticket', text: 'deleted the rows and files, because the ticket was closed long ago' }
    case 'person.erased':
      return { kind: 'ticket', text: 'erased a person’s data in this ticket', quote: text(entry, 'reason') }
    default:
      // A newer server's kind: say that something happened instead of hiding it.
      return { kind: 'ticket', text: entry.kind }
  }
}

function askedIn(entries: readonly LogEntry[]): Asked {
  const sent = entries.filter(({ kind }) => kind === 'ask.sent')
  return new Map(sent.flatMap(({ body }) => (isAsk(body.ask) ? [[body.ask.askId, body.ask] as const] : [])))
}

/** What the desk and the person say to each other. */
function tellTalk(entry: LogEntry, asked: Asked): Told | null {
  switch (entry.kind) {
    case 'message.sent':
      return { kind: 'message', text: 'wrote to the person', quote: text(entry, 'text') }
    case 'person.stated':
      return tellStatement(entry, asked)
    case 'ask.sent':
      return tellAsk(entry, asked)
    case 'ask.withdrawn':
      return { kind: 'message', text: takenBackText(text(entry, 'reason'), asked.get(text(entry, 'askId'))) }
    case 'appointment.agreed':
    case 'appointment.cancelled': {
      const does = entry.kind === 'appointment.agreed' ? 'noted the appointment' : 'cancelled the appointment'
      return {
        kind: 'message',
        text: `${does}: ${spanText({ from: text(entry, 'from'), until: text(entry, 'until') })}`,
      }
    }
    case 'ask.answered': // Stands in the statement before it.
      return null
    default:
      return tellMail(entry, asked)
  }
}

function tellAsk(entry: LogEntry, asked: Asked): Told {
  const ask = asked.get(text(entry, 'askId'))
  if (ask === undefined) return { kind: 'message', text: 'asked the person something' }
  return { kind: 'message', text: askText(ask), quote: askQuote(ask), details: askLines(ask) }
}

function tellStatement(entry: LogEntry, asked: Asked): Told {
  const said = statementOf(entry)
  if (said === null) return { kind: 'message', text: 'said something that this page cannot show' }
  const { parts, files } = said
  const quote = said.text === '' ? null : said.text
  if (said.kind === 'opened') return { kind: 'message', text: 'asked for help', quote, parts, files }
  if (said.kind === 'reply') return { kind: 'message', text: 'wrote', quote, files }
  if (said.kind === 'decided') {
    const ask = asked.get(said.askId)
    return { kind: 'message', text: `answered: ${choiceText(said.choice, ask)}`, quote, details: answeredLines(ask) }
  }
  return { kind: 'message', text: said.fixed ? 'says that it is fixed' : 'says that it is not fixed', quote }
}

/** An override of the priority and its reason stand before whatever else changed. */
function tellChange(entry: LogEntry, names: StoryNames): Told | null {
  // How it was closed or opened again stands in an entry of its own, which follows.
  if (isEndOrReturn(entry)) return null
  const details = changeLines(entry, names)
  const override = overrideOf(entry)
  if (override !== null) {
    const does = override.to === null ? 'gave the priority back to the matrix' : 'overrode the priority'
    return { kind: 'ticket', text: does, quote: override.to, details }
  }
  const isByMatrix = entry.body.because === 'priority-matrix'
  return { kind: 'ticket', text: isByMatrix ? 'applied the new priority matrix' : 'changed the ticket', details }
}

/** The reason of an override that was set, or null for one that was taken back; null when there is neither. */
function overrideOf({ body: { changes } }: LogEntry): { readonly to: string | null } | null {
  if (typeof changes !== 'object' || changes === null || !('override' in changes)) return null
  const { override } = changes
  if (typeof override !== 'object' || override === null || !('to' in override)) return null
  return { to: typeof override.to === 'string' ? override.to : null }
}

const WITHDRAWN: Readonly<Record<string, string>> = {
  withdrawn: 'took the request or permission back',
  'ticket-closed': 'ended the request or permission, because the ticket was closed',
  reassigned: 'ended the request or permission, because somebody else has the ticket now',
  expired: 'recorded that no answer came in time',
}

function tellRequest(entry: LogEntry, names: StoryNames): Told {
  const request = names.request(text(entry, 'requestId'))
  const deviceId = text(entry, 'deviceId')
  const device = names.device(deviceId)
  if (request === undefined) return { kind: 'consent', text: `asked the person at ${device}` }
  const titles = request.collectors.map(({ id }) => names.collector(deviceId, id)).join(', ')
  return {
    kind: 'consent',
    text: `asked the person at ${device} for: ${titles}`,
    quote: request.purpose,
    details: [`Match code ${request.matchCode}; ${askedTime(request)}`],
  }
}

function askedTime({ window, durationMs }: RequestView): string {
  return window === null ? `for ${lengthText(durationMs)}` : `only for ${spanText(window)}`
}

function tellReceipt(entry: LogEntry, names: StoryNames): Told {
  const request = names.request(text(entry, 'requestId'))
  const { osUser, method, reason } = receiptFacts(entry.body.jws)
  const by = osUser === null ? [] : [`Answered by ${osUser}${method === null ? '' : ` on the ${method}`}`]
  const state = text(entry, 'state')
  if (state === 'refused') return { kind: 'consent', text: 'said no', quote: reason, details: by }
  if (state === 'no-answer') return { kind: 'consent', text: 'did not answer in time; silence is a no', details: [] }
  if (request === undefined || request.grant === null) return { kind: 'consent', text: 'allowed it', details: by }
  return {
    kind: 'consent',
    text: `allowed: ${titlesOf(request.grant.collectors, request, names)}`,
    details: [...grantLines(request, request.grant, names), ...by],
  }
}

function grantLines(request: RequestView, grant: GrantView, names: StoryNames): readonly string[] {
  const refused = request.collectors.filter(({ id }) => !grant.collectors.some((allowed) => allowed.id === id))
  return [
    ...(refused.length === 0 ? [] : [`Not allowed: ${titlesOf(refused, request, names)}`]),
    request.window === null
      ? `Until ${fullTime(grant.expiresAt)}`
      : `Only ${spanText({ from: grant.validFrom, until: grant.expiresAt })}`,
    ...(grant.review ? ['They look at the rows before they are sent'] : []),
  ]
}

function titlesOf(collectors: readonly { readonly id: string }[], request: RequestView, names: StoryNames): string {
  return collectors.map(({ id }) => names.collector(request.deviceId, id)).join(', ')
}

const FIELDS: Readonly<Record<string, string>> = {
  title: 'Title',
  description: 'Description',
  state: 'State',
  impact: 'Impact',
  urgency: 'Urgency',
  priority: 'Priority',
  byMatrix: 'By the matrix (the override stands)',
  level: 'Level',
  assigneeId: 'Assignee',
  deviceIds: 'Devices',
  confirmed: 'Fixed, says the person',
  waitingFor: 'Waits for',
  tags: 'Tags',
  requesterLanguage: 'Language of mails',
}

function changeLines(entry: LogEntry, names: StoryNames): readonly string[] {
  const { changes } = entry.body
  if (typeof changes !== 'object' || changes === null) return []
  return Object.entries(changes).flatMap(
    ([field, change]: [string, { readonly from?: unknown; readonly to?: unknown }]) => {
      const name = FIELDS[field] ?? field
      if (field === 'description' || field === 'contacts') return [`${name} changed`]
      if (field === 'override') return typeof change?.from === 'string' ? [`Overridden before: “${change.from}”`] : []
      return [`${name}: ${valueText(field, change?.from, names)} → ${valueText(field, change?.to, names)}`]
    },
  )
}

const SHOWN_STATES: readonly TicketState[] = ['new', 'open', 'waiting', 'resolved', 'closed']

function valueText(field: string, value: unknown, names: StoryNames): string {
  switch (field) {
    case 'assigneeId':
      return typeof value === 'string' ? names.person(value) : 'nobody'
    case 'deviceIds':
      return Array.isArray(value) ? value.map((id) => names.device(String(id))).join(', ') || 'none' : ''
    case 'priority':
    case 'byMatrix':
      return typeof value === 'number' ? priorityWord(value) : plainValue(value)
    case 'confirmed':
      return typeof value === 'boolean' ? (YES_OR_NO[Number(value)] ?? '') : plainValue(value)
    case 'state':
      return stateText(value)
    case 'waitingFor':
      return waitsForText(value)
    case 'tags':
      return Array.isArray(value) ? value.join(', ') || 'none' : ''
    default:
      return plainValue(value)
  }
}

const YES_OR_NO = ['no', 'yes'] as const

function stateText(value: unknown): string {
  const state = SHOWN_STATES.find((known) => known === value)
  return state === undefined ? plainValue(value) : stateWord(state)
}

function plainValue(value: unknown): string {
  return String(value ?? 'none')
}

function severityOf(word: string): string | null {
  const severities = ['critical', 'high', 'medium', 'low', 'information'] as const
  const severity = severities.find((known) => known === word)
  return severity === undefined ? null : severityWord(severity)
}

function text({ body }: LogEntry, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}
