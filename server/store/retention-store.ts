import type { TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from './entities.ts'

/** Why a ticket's data must stay, whatever its age. */
export interface LegalHold {
  readonly reason: string
  readonly by: { readonly id: UserId; readonly name: string }
  readonly at: string
}

/** How long a ticket's collected data stays. */
export interface RetentionStanding {
  readonly hold: LegalHold | null
  /** When its rows and files were deleted last; null: never. */
  readonly agedOutAt: string | null
  /** When a person's data in it was erased last; null: never. */
  readonly erasedAt: string | null
}

/** What was deleted of a ticket. Its log names all of it by digest still. */
export interface AgedOut {
  readonly runs: number
  readonly chunks: number
  readonly rows: number
  readonly files: number
  readonly bytes: number
}

export interface RetentionStore {
  /** @throws AskFirstError NOT_FOUND */
  standing(ticketId: TicketId): Promise<RetentionStanding>
  /** Closed tickets without a hold that nobody changed since an instant and whose data is there, oldest change first. */
  due(closedBefore: string, limit: number): Promise<readonly TicketId[]>
  /** False when the ticket is held already (first wins). @throws AskFirstError NOT_FOUND */
  hold(ticketId: TicketId, hold: LegalHold, log: LogDraft): Promise<boolean>
  /** False when the ticket is not held (first wins). */
  release(ticketId: TicketId, log: LogDraft): Promise<boolean>
  /**
   * Deletes the rows and files of a ticket that is due. Their digests stay in the log, to which the store adds an entry
   * that names what is gone: `runs` and `files` by id, and the counts. Null when the ticket is not due any more (first wins).
   */
  ageOut(ticketId: TicketId, closedBefore: string, log: LogDraft): Promise<AgedOut | null>
}
