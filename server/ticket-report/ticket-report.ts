import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import { EMPTY_LOG_HASH } from '@askfirst/protocol/findings-log.ts'
import { isStatedBody } from '../export/log-bodies.ts'
import type { Ticket } from '../store/entities.ts'
import type { EditionView } from './edition-view.ts'
import { viewFor } from './edition-view.ts'
import { text } from './entry-text.ts'
import { findingParts } from './finding-parts.ts'
import { actionParts, comparisonParts, stepParts, theoryParts } from './method-parts.ts'
import type { Block, Edition, Fact, ReportDocument, Section } from './report-document.ts'
import { bounded } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import { customerDevice } from './report-input.ts'
import { bytesText, timeText, wordsOf } from './report-words.ts'
import { requestParts } from './request-parts.ts'
import { runParts } from './run-parts.ts'
import { tellEntry } from './tell-entry.ts'
import type { TellNames } from './tell-names.ts'
import { changeLines } from './ticket-changes.ts'

/** What the sections are made with. */
interface Making {
  readonly input: ReportInput
  readonly view: EditionView
}

/**
 * Makes the report of a ticket, complete by the procedure's documentation stage: who asked and was allowed what, what
 * was read and found, what was said, every change, the resolution, everything that happened in order, and how to
 * verify it. Pure: the same input gives the same report.
 */
export function ticketReport(input: ReportInput, edition: Edition): ReportDocument {
  const making = { input, view: viewFor(edition, input) }
  const { ticket, entries } = input
  return {
    title: `Ticket ${ticket.number}: ${ticket.title}`,
    edition,
    madeAt: input.madeAt,
    organisation: input.organisation,
    verificationCode: `${entries.length}-${headHash(entries)}`,
    sections: [
      summary(making),
      problem(making),
      listed('permissions', 'Permissions', requestParts(input, making.view), 'Nobody was asked for permission.'),
      listed('readings', 'What was read', runParts(input, making.view), 'Nothing was read.'),
      listed('findings', 'Findings', findingParts(input, making.view), 'Nothing was found.'),
      ...methodSections(making),
      conversation(making),
      ...(making.view.isInternal ? [notes(making)] : []),
      changes(making),
      resolution(making),
      files(making),
      story(making),
      verification(making),
    ],
  }
}

function headHash(entries: readonly LogEntry[]): string {
  return entries.at(-1)?.hash ?? EMPTY_LOG_HASH
}

function listed(id: string, title: string, parts: readonly Block[], none: string): Section {
  if (parts.length === 0) return { id, title, blocks: [{ kind: 'text', text: none }] }
  const { shown, rest } = bounded(parts)
  return { id, title, blocks: [...shown, ...rest] }
}

function methodSections({ input, view }: Making): readonly Section[] {
  return [
    listed('steps', 'The six steps', stepParts(input, view), ''),
    ...(view.isInternal ? [listed('theories', 'Theories', theoryParts(input), 'Nothing was supposed.')] : []),
    listed('actions', 'Actions', actionParts(input, view), 'No action was planned.'),
    listed('comparisons', 'Before and after', comparisonParts(input, view), 'Nothing was compared.'),
  ]
}

function table(
  id: string,
  input: { title: string; head: readonly string[]; rows: readonly (readonly string[])[]; none: string },
): Section {
  const { shown, rest } = bounded(input.rows)
  if (shown.length === 0) return { id, title: input.title, blocks: [{ kind: 'text', text: input.none }] }
  return { id, title: input.title, blocks: [{ kind: 'table', head: input.head, rows: shown }, ...rest] }
}

function summary({ input, view }: Making): Section {
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
function problem({ input, view }: Making): Section {
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

function conversation({ input, view }: Making): Section {
  const talk = input.entries.filter(({ kind }) => kind === 'message.sent' || kind === 'person.stated')
  const rows = talk.map((entry) => {
    const { body } = entry
    return [
      timeText(entry.at),
      view.who(entry.actor),
      isStatedBody.Check(body) ? wordsOf(body.said) : text(entry, 'text'),
    ]
  })
  return table('conversation', {
    title: 'Messages with the person',
    head: ['Time', 'Who', 'Words'],
    rows,
    none: 'Nothing was written.',
  })
}

function notes({ input, view }: Making): Section {
  const rows = input.entries
    .filter(({ kind }) => kind === 'note.added')
    .map((entry) => [timeText(entry.at), view.who(entry.actor), text(entry, 'text')])
  const head = ['Time', 'Who', 'Note']
  return table('notes', { title: 'Notes of the desk', head, rows, none: 'Nothing was noted.' })
}

function changes({ input, view }: Making): Section {
  const rows = input.entries
    .filter(({ kind }) => kind === 'ticket.changed')
    .map((entry) => [entry, changeLines(entry, view)] as const)
    .filter(([, lines]) => lines.length > 0)
    .map(([{ at, actor }, lines]) => [timeText(at), view.who(actor), lines.join('\n')])
  const head = ['Time', 'Who', 'Change']
  const section = table('changes', { title: 'Changes', head, rows, none: 'The ticket was not changed.' })
  const readOnly =
    'AskFirst only reads: it changes no setting of a device. What people changed by hand stands under Actions, with the setting before and after.'
  return { ...section, blocks: [{ kind: 'text', text: readOnly }, ...section.blocks] }
}

function resolution({ input, view }: Making): Section {
  const { ticket, entries, findings } = input
  const ended = entries.findLast((entry) => entry.kind === 'ticket.changed' && isEnd(entry))
  const answer = entries.findLast(({ body }) => isStatedBody.Check(body) && body.said.kind === 'answer')
  const words = answer !== undefined && isStatedBody.Check(answer.body) ? wordsOf(answer.body.said) : ''
  const facts: readonly Fact[] = [
    ['State', ticket.state],
    ['Resolved or closed', ended === undefined ? 'Not yet' : `${timeText(ended.at)}, by ${view.who(ended.actor)}`],
    ['Is it fixed? The person', CONFIRMED[String(ticket.confirmed)] ?? ''],
  ]
  const prevention = new Set(
    findings
      .filter((finding) => finding.state === 'confirmed' && view.showsFinding(finding))
      .map(({ content }) => content.prevention),
  )
  const blocks: readonly Block[] = [
    { kind: 'facts', facts },
    ...(words === '' ? [] : [{ kind: 'quote', text: words } as const]),
    ...(prevention.size === 0
      ? []
      : [
          {
            kind: 'part',
            title: 'So that it does not come back',
            blocks: [{ kind: 'list', items: [...prevention] }],
          } as const,
        ]),
  ]
  return { id: 'resolution', title: 'Resolution', blocks }
}

const CONFIRMED: Readonly<Record<string, string>> = {
  true: 'says yes',
  false: 'says no',
  null: 'has not answered since it was resolved last',
}

function isEnd({ body: { changes } }: LogEntry): boolean {
  const state: unknown = typeof changes === 'object' && changes !== null ? Reflect.get(changes, 'state') : null
  const to: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, 'to') : null
  return to === 'resolved' || to === 'closed'
}

/** Names and digests only: files come from somebody's machine and are never inside a report. */
function files({ input, view }: Making): Section {
  const arrived = new Set(
    input.entries.filter(({ kind }) => kind === 'attachment.stored').map((entry) => text(entry, 'attachmentId')),
  )
  const rows = input.entries
    .filter(({ actor }) => view.showsDevice(actor.id))
    .flatMap(({ body }) => (isStatedBody.Check(body) && body.said.kind !== 'answer' ? body.said.attachments : []))
    .map((file) => [
      file.name,
      bytesText(file.bytes),
      arrived.has(file.attachmentId) ? 'arrived' : 'never arrived whole',
      file.sha256,
    ])
  const head = ['Name', 'Size', 'State', 'SHA-256']
  return table('files', { title: 'Files of the person', head, rows, none: 'The person added no files.' })
}

function story({ input, view }: Making): Section {
  const names = tellNames({ input, view })
  const rows = input.entries.flatMap((entry) => {
    const told = tellEntry(entry, names)
    return told === null ? [] : [[String(entry.seq), timeText(entry.at), whoOf(entry, view), told]]
  })
  const head = ['No.', 'Time', 'Who', 'What']
  const section = table('story', { title: 'Everything that happened', head, rows, none: 'The log is empty.' })
  const left = input.entries.length - rows.length
  if (left === 0) return section
  const { blocks } = section
  const missing = `${left.toLocaleString('en')} of ${input.entries.length.toLocaleString('en')} entries of the log are not for this edition. Their numbers are missing here; the verification code covers them too.`
  return { ...section, blocks: [...blocks, { kind: 'text', text: missing }] }
}

/** What a device does by itself, nobody at it did. */
const BY_DEVICES: readonly LogKind[] = [
  'consent.refused',
  'run.accepted',
  'run.refused',
  'run.ended',
  'attachment.stored',
]

function whoOf({ kind, actor }: LogEntry, view: EditionView): string {
  return actor.kind === 'device' && BY_DEVICES.includes(kind) ? view.device(actor.id) : view.who(actor)
}

function tellNames({ input, view }: Making): TellNames {
  const requests = new Map<string, string>(input.requests.map(({ id, deviceId }) => [id, deviceId]))
  const runs = new Map<string, string>(input.runs.map(({ id, deviceId }) => [id, deviceId]))
  const grants = new Map<string, string>(
    input.requests.flatMap(({ id, grant }) => (grant === null ? [] : [[grant.grantId, id]])),
  )
  const shown = new Set<string>(input.findings.filter(view.showsFinding).map(({ id }) => id))
  return {
    view,
    deviceOfRequest: (id) => requests.get(id) ?? '',
    deviceOfRun: (id) => runs.get(id) ?? '',
    requestOfGrant: (id) => grants.get(id) ?? '',
    showsFinding: (id) => view.isInternal || shown.has(id),
  }
}

function verification({ input, view }: Making): Section {
  const { entries, checkpoint, verifierKey } = input
  const facts: readonly Fact[] = [
    ['Entries of the log', entries.length.toLocaleString('en')],
    ['Hash of the last entry', headHash(entries)],
    ['Key of the log', verifierKey],
  ]
  const how =
    'Each entry of the log holds the hash of the one before it, so that the last hash stands for all of them. To check this report: ask for the exported ticket (a zip file) and run "askfirst-server verify FILE.zip --witness NOTE.txt", with the lines below saved as NOTE.txt. It works without any network, and says whether the exported log still begins with exactly the entries of this report.'
  const own = customerDevice(input)
  const about = view.isInternal
    ? 'This is the edition for the desk. Do not hand it to others: it has notes and names that are internal.'
    : `This edition is for the person at ${own === null ? 'the device' : view.device(own)}. It leaves out notes of the desk and what concerns other devices.`
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
