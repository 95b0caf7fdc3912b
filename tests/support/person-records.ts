import { createHash } from 'node:crypto'
import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { AttachmentRef, OpenedTicket } from '@askfirst/protocol/statement-record.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { askText } from '@askfirst/protocol/ticket-ask.ts'
import { DEFAULT_MATRIX } from '@askfirst/server/settings/priority-matrix.ts'
import type { StoredAsk } from '@askfirst/server/store/ask-entities.ts'
import type { Statement, StatementBounds } from '@askfirst/server/store/person-entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { newTicket } from '@askfirst/server/tickets/new-ticket.ts'
import { AT, freshId, logDraft, sha } from './store-records.ts'

/** The smallest picture that a viewer accepts: one transparent pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** A file as a statement names it. */
export function fileRef(bytes: Uint8Array, changes: Partial<AttachmentRef> = {}): AttachmentRef {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const named = { name: 'Screenshot.png', mediaType: 'image/png' } as const
  return { attachmentId: freshId('att'), ...named, bytes: bytes.byteLength, sha256, ...changes }
}

/** What a person types when they open a ticket. */
export function openedSaid(changes: Partial<OpenedTicket> = {}): OpenedTicket {
  const typed = { name: 'Rae Example', title: 'The printer is slow', hindrance: 'much', affected: 'some' } as const
  return { kind: 'opened', ...typed, attachments: [], ...changes }
}

export const WIDE_BOUNDS: StatementBounds = {
  openTickets: 1_000,
  statements: { since: '2000-01-01T00:00:00.000Z', most: 1_000 },
  fileBytes: { since: '2000-01-01T00:00:00.000Z', most: 1_000_000_000 },
}

/** A statement as the store keeps it. */
export function statementOf(
  of: { readonly ticketId: TicketId; readonly deviceId: DeviceId },
  changes: Partial<Statement> = {},
): Statement {
  const id = freshId('stm')
  return {
    ...{ id, ...of, kind: 'reply', at: AT, osUser: 'rae', jwsSha256: sha(id), recordedAt: AT, attachments: [] },
    ...changes,
  }
}

/** Puts a statement into the store; one of the kind `opened` brings its ticket. */
export function putStatement(store: Store, statement: Statement, bounds = WIDE_BOUNDS): Promise<'recorded' | 'known'> {
  const { ticketId, deviceId, kind, attachments } = statement
  const said = kind === 'answer' ? { kind, fixed: true } : { kind, text: 'Still slow', attachments }
  const wish = { title: 'Printer', description: 'Slow', requesterName: 'Rae', requesterEmail: null } as const
  const graded = { openedBy: 'requester', deviceIds: [deviceId], impact: 'low', urgency: 'low' } as const
  const { ticket, body } = newTicket({ ...wish, ...graded }, { id: ticketId, at: AT, matrix: DEFAULT_MATRIX })
  return store.statements.record({
    statement,
    bounds,
    ...(kind === 'opened' ? { opens: { ticket, log: logDraft(ticketId, 'ticket.opened', body) } } : {}),
    log: logDraft(ticketId, 'person.stated', { statementId: statement.id, osUser: 'rae', said }),
  })
}

/** A question of the desk that nobody has answered: how the help was. */
export function openAsk(ticketId: TicketId, until?: string): StoredAsk {
  const by = { name: 'Ute', role: 'technician' } as const
  const end = until === undefined ? {} : { until }
  const ask: TicketAsk = { askId: freshId('ask'), kind: 'feedback', at: AT, by, body: {}, ...end }
  const askSha256 = createHash('sha256').update(askText(ask)).digest('hex')
  const open = { state: 'open', endedAt: null, answer: null } as const
  return { id: ask.askId, ticketId, ask, askSha256, askedBy: 'usr_1', ...open }
}
