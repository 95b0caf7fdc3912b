import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { AttachmentRef } from '@askfirst/protocol/statement-record.ts'
import { attachmentsOf } from '@askfirst/protocol/statement-record.ts'
import { isMailBody, isStatedBody } from '../export/log-bodies.ts'
import type { EditionView } from './edition-view.ts'
import { viewFor } from './edition-view.ts'
import { text } from './entry-text.ts'
import { findingParts } from './finding-parts.ts'
import { handoverSections } from './handover-sections.ts'
import { actionParts, comparisonParts, stepParts, theoryParts } from './method-parts.ts'
import { postmortemSections } from './postmortem-sections.ts'
import type { Block, Edition, Fact, ReportDocument, Section } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import type { Making } from './report-sections.ts'
import {
  conversation,
  listed,
  notes,
  problem,
  summary,
  table,
  verification,
  verificationCode,
} from './report-sections.ts'
import { bytesText, timeText, wordsOf } from './report-words.ts'
import { requestParts } from './request-parts.ts'
import { runParts } from './run-parts.ts'
import { tellEntry } from './tell-entry.ts'
import type { TellNames } from './tell-names.ts'
import { changeLines } from './ticket-changes.ts'

/** What each edition has, in order; all end with how to verify them. */
const SECTIONS: Readonly<Record<Edition, (making: Making) => readonly Section[]>> = {
  internal: wholeTicket,
  customer: wholeTicket,
  handover: handoverSections,
  postmortem: postmortemSections,
}

/** Makes an edition of the report of a ticket. Pure: the same input gives the same report. */
export function ticketReport(input: ReportInput, edition: Edition): ReportDocument {
  const making = { input, view: viewFor(edition, input) }
  const { ticket } = input
  return {
    title: `Ticket ${ticket.number}: ${ticket.title}`,
    edition,
    madeAt: input.madeAt,
    organisation: input.organisation,
    verificationCode: verificationCode(input),
    sections: [...SECTIONS[edition](making), verification(making)],
  }
}

/**
 * Complete by the procedure's documentation stage: who asked and was allowed what, what was read and found, what was said,
 * every change, the resolution, and everything that happened in order.
 */
function wholeTicket(making: Making): readonly Section[] {
  const { input, view } = making
  return [
    summary(making),
    problem(making),
    listed('permissions', 'Permissions', requestParts(input, view), 'Nobody was asked for permission.'),
    listed('readings', 'What was read', runParts(input, view), 'Nothing was read.'),
    listed('findings', 'Findings', findingParts(input, view), 'Nothing was found.'),
    ...methodSections(making),
    conversation(making),
    ...(view.isInternal ? [notes(making)] : []),
    changes(making),
    resolution(making),
    files(making),
    story(making),
  ]
}

function methodSections({ input, view }: Making): readonly Section[] {
  return [
    listed('steps', 'The six steps', stepParts(input, view), ''),
    ...(view.isInternal ? [listed('theories', 'Theories', theoryParts(input), 'Nothing was supposed.')] : []),
    listed('actions', 'Actions', actionParts(input, view), 'No action was planned.'),
    listed('comparisons', 'Before and after', comparisonParts(input, view), 'Nothing was compared.'),
  ]
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

type NamedFile = Pick<AttachmentRef, 'attachmentId' | 'name' | 'bytes' | 'sha256'>

/** Names and digests only: files come from somebody's machine or mail and are never inside a report. */
function files({ input, view }: Making): Section {
  const arrived = new Set(
    input.entries.filter(({ kind }) => kind === 'attachment.stored').map((entry) => text(entry, 'attachmentId')),
  )
  const rows = input.entries
    .flatMap(({ actor, body }): readonly NamedFile[] => {
      if (isMailBody.Check(body)) return body.files
      return isStatedBody.Check(body) && view.showsDevice(actor.id) ? attachmentsOf(body.said) : []
    })
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
