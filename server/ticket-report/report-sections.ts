import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import { EMPTY_LOG_HASH } from '@askfirst/protocol/findings-log.ts'
import { isStatedBody } from '../export/log-bodies.ts'
import type { Ticket } from '../store/entities.ts'
import type { EditionView } from './edition-view.ts'
import { text } from './entry-text.ts'
import type { Block, Edition, Fact, Section } from './report-document.ts'
import { bounded } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import { customerDevice } from './report-input.ts'
import { timeText, wordsOf } from './report-words.ts'

/** What the sections are made with. */
export interface Making {
  readonly input: ReportInput
  readonly view: EditionView
}

/** Size and last hash of the log; equal for all editions of it. */
export function verificationCode({ entries }: Pick<ReportInput, 'entries'>): string {
  return `${entries.length}-${headHash(entries)}`
}

function headHash(entries: readonly LogEntry[]): string {
  return entries.at(-1)?.hash ?? EMPTY_LOG_HASH
}

/** A section of parts, or one sentence where there is none. */
export function listed(id: string, title: string, parts: readonly Block[], none: string): Section {
  if (parts.length === 0) return { id, title, blocks: [{ kind: 'text', text: none }] }
  const { shown, rest } = bounded(parts)
  return { id, title, blocks: [...shown, ...rest] }
}

/** A section of one table, or one sentence where it has no row. */
export function table(
  id: string,
  input: { title: string; head: readonly string[]; rows: readonly (readonly string[])[]; none: string },
): Section {
  const { shown, rest } = bounded(input.rows)
  if (shown.length === 0) return { id, title: input.title, blocks: [{ kind: 'text', text: input.none }] }
  return { id, title: input.title, blocks: [{ kind: 'table', head: input.head, rows: shown }, ...rest] }
}

/** What the ticket is, who asked and who has it. */
export function summary({ input, view }: Making): Section {
  const { ticket } = input
  const assignee = ticket.assigneeId === null ? 'Nobody' : view.person(ticket.assigneeId)
  const devices = ticket.deviceIds.filter(view.showsDevice).map(view.device)
  const facts: readonly Fact[] = [
    ['Organisation', input.organisation],
    ['Ticket', `${ticket.number} (${ticket.id})`],
    ['Asked for by', ticket.requesterName],
    ...(view.isInternal && ticket.requesterEmail !== null ? [['E-mail', ticket.requesterEmail] as const] : []),
    ['State', ticket.state],
    ['Priority', priorityText(ticket, view)],
    ['Support level', String(ticket.level)],
    ['Worked on by', assignee],
    [view.isInternal ? 'Devices' : 'Your device', devices.join(', ') || 'None'],
    ['Opened', timeText(ticket.createdAt)],
    ['Last change', timeText(ticket.updatedAt)],
  ]
  return { id: 'summary', title: 'Summary', blocks: [{ kind: 'facts', facts }] }
}

/** The priority with its reason; why somebody overrode the matrix was written for the desk. */
function priorityText({ priority, impact, urgency, priorityReason }: Ticket, view: EditionView): string {
  const { byMatrix, override } = priorityReason
  if (override === null) return `P${priority} (impact ${impact}, urgency ${urgency})`
  if (!view.isInternal) return `P${priority}`
  return `P${priority} instead of P${byMatrix}: ${override.reason} (${override.userName}, ${timeText(override.at)})`
}

/** The person's own words as they signed them; the desk's description was never shown to the person. */
export function problem({ input, view }: Making): Section {
  const { ticket, entries } = input
  const opened = entries.flatMap(({ body }) =>
    isStatedBody.Check(body) && body.said.kind === 'opened' ? [wordsOf(body.said)] : [],
  )
  const [words = ''] = opened
  const isTold = !view.isInternal || ticket.description === '' || words.includes(ticket.description)
  const blocks: readonly Block[] = [
    words === '' ? { kind: 'text', text: ticket.title } : { kind: 'quote', text: words },
    ...(isTold
      ? []
      : [
          { kind: 'text', text: 'The description of the desk:' } as const,
          { kind: 'quote', text: ticket.description } as const,
        ]),
  ]
  return { id: 'problem', title: 'The problem', blocks }
}

/** Entries that somebody wrote to the other side, or that came from there. */
const TALK: readonly LogKind[] = [
  'message.sent',
  'person.stated',
  'mail.received',
  'requester.wrote',
  'requester.answered',
]

/** Who wrote what no device signed: nobody is known for sure. */
const UNSIGNED: Readonly<Partial<Record<LogKind, string>>> = {
  'mail.received': 'By e-mail, sender not verified',
  'requester.wrote': 'By the link, not signed by a device',
  'requester.answered': 'By the link, not signed by a device',
}

/** What the desk and the person wrote to each other; of a long talk the last words where a number is given. */
export function conversation({ input, view }: Making, last = Number.POSITIVE_INFINITY): Section {
  const rows = input.entries
    .filter(({ kind }) => TALK.includes(kind))
    .map((entry) => [timeText(entry.at), UNSIGNED[entry.kind] ?? view.who(entry.actor), words(entry)])
  const title = 'Messages with the person'
  const section = table('conversation', {
    ...{ title, head: ['Time', 'Who', 'Words'], rows: rows.slice(-last) },
    none: 'Nothing was written.',
  })
  return withCount(section, rows.length, last)
}

function words(entry: LogEntry): string {
  const { kind, body } = entry
  if (isStatedBody.Check(body)) return wordsOf(body.said)
  if (kind !== 'requester.answered') return text(entry, 'text')
  return [body['fixed'] === true ? 'It is fixed' : 'It is not fixed', text(entry, 'text')].filter(Boolean).join(': ')
}

/** What people of the desk noted; of many notes the last where a number is given. */
export function notes({ input, view }: Making, last = Number.POSITIVE_INFINITY): Section {
  const rows = input.entries
    .filter(({ kind }) => kind === 'note.added')
    .map((entry) => [timeText(entry.at), view.who(entry.actor), text(entry, 'text')])
  const title = 'Notes of the desk'
  const head = ['Time', 'Who', 'Note']
  const section = table('notes', { title, head, rows: rows.slice(-last), none: 'Nothing was noted.' })
  return withCount(section, rows.length, last)
}

/** Says how many stand in the log where only the last are shown. */
function withCount(section: Section, all: number, last: number): Section {
  if (all <= last) return section
  const told = `These are the last ${last} of ${all.toLocaleString('en')}. The report for the desk has all of them.`
  return { ...section, blocks: [{ kind: 'text', text: told }, ...section.blocks] }
}

const ABOUT: Readonly<Record<Exclude<Edition, 'customer'>, string>> = {
  internal: 'This is the edition for the desk. Do not hand it to others: it has notes and names that are internal.',
  handover:
    'This edition is for who takes the ticket over. Do not hand it to others: it has notes and names that are internal.',
  postmortem:
    'This edition is for the desk to learn from. Do not hand it to others: it has notes and names that are internal.',
}

/** How to check that the report tells of this log. */
export function verification({ input, view }: Making): Section {
  const { entries, checkpoint, verifierKey } = input
  const facts: readonly Fact[] = [
    ['Entries of the log', entries.length.toLocaleString('en')],
    ['Hash of the last entry', headHash(entries)],
    ['Key of the log', verifierKey],
  ]
  const how =
    'Each entry of the log holds the hash of the one before it, so that the last hash stands for all of them. To check this report: ask for the exported ticket (a zip file) and run "askfirst-server verify FILE.zip --witness NOTE.txt", with the lines below saved as NOTE.txt. It works without any network, and says whether the exported log still begins with exactly the entries of this report.'
  const own = customerDevice(input)
  const { edition } = view
  const about =
    edition === 'customer'
      ? `This edition is for the person at ${own === null ? 'the device' : view.device(own)}. It leaves out notes of the desk and what concerns other devices.`
      : ABOUT[edition]
  return {
    id: 'verification',
    title: 'Verification',
    blocks: [
      { kind: 'text', text: about },
      { kind: 'facts', facts },
      { kind: 'text', text: how },
      { kind: 'quote', text: checkpoint.trimEnd() },
    ],
  }
}
