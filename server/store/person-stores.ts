import type { AskId, AttachmentId, DeviceId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import type { AskAnswer } from './ask-entities.ts'
import type { LogDraft, Ticket } from './entities.ts'
import type { Attachment, Statement, StatementBounds } from './person-entities.ts'
import type { TicketStore } from './store.ts'

export interface StatementStore {
  /**
   * Records a verified statement; the very same one again is `known` and changes nothing. `opens` is the ticket that it
   * opens, `change` what it does to its ticket as seen at `version`, `answers` the question that it answers. All log entries come in the
   * same transaction.
   *
   * @throws AskFirstError CONFLICT when an id was used before or the ticket is not at that version any more;
   *   TOO_MANY_TICKETS beyond the bounds; NOT_FOUND when there is no such ticket;
   *   ASK_CLOSED when the question takes no answer at the instant `at`
   */
  record(input: {
    readonly statement: Statement
    readonly bounds: StatementBounds
    readonly opens?: { readonly ticket: Omit<Ticket, 'number' | 'version'>; readonly log: LogDraft }
    readonly change?: {
      readonly version: number
      readonly columns: Parameters<TicketStore['change']>[2]
      readonly log: LogDraft
    }
    readonly answers?: Omit<AskAnswer, 'statementId'> & {
      readonly askId: AskId
      readonly at: string
      readonly log: LogDraft
    }
    readonly log: LogDraft
  }): Promise<'recorded' | 'known'>
  get(id: StatementId): Promise<Statement | null>
  /** When and by whom the ticket was opened at this device; null: it was not. */
  openedAt(ticketId: TicketId, deviceId: DeviceId): Promise<Pick<Statement, 'at' | 'osUser'> | null>
}

export interface AttachmentStore {
  /** What operators watch: files that have not come whole, and bytes of those that have. */
  figures(): Promise<{ readonly wanted: number; readonly bytes: number }>
  get(id: AttachmentId): Promise<Attachment | null>
  /** In the order in which they were stated. */
  listForTicket(ticketId: TicketId): Promise<readonly Attachment[]>
  listForStatement(id: StatementId): Promise<readonly Attachment[]>
  /** Files of a device that are not whole, the oldest first. */
  wantedOf(deviceId: DeviceId, limit: number): Promise<readonly Attachment[]>
  /** The bytes that are durable, in one piece. */
  content(id: AttachmentId): Promise<Uint8Array>
  /** Stores the bytes that follow those received; null when it does not want them there, or all bytes would be there: that is `complete`'s. */
  append(id: AttachmentId, offset: number, bytes: Uint8Array): Promise<Attachment | null>
  /** Stores the last bytes of a file that was checked, first wins; null as in `append`. */
  complete(
    id: AttachmentId,
    last: { readonly offset: number; readonly bytes: Uint8Array },
    end: { readonly at: string; readonly log: LogDraft },
  ): Promise<Attachment | null>
  /** Marks a wanted file as refused and deletes its bytes; null when it was not wanted any more. */
  refuse(id: AttachmentId, at: string): Promise<Attachment | null>
}
