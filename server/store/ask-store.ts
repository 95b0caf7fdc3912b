import type { AskId, TicketId } from '@askfirst/protocol/ids.ts'
import type { OpenAsks, StoredAsk } from './ask-entities.ts'
import type { LogDraft } from './entities.ts'

/** Questions of the desk. Answers come with the statement that gives them (`statements.record`), or by link (`requesters.say`). */
export interface AskStore {
  /**
   * Keeps a question that nobody has answered.
   *
   * @throws AskFirstError CONFLICT when `mostOpen` questions of the ticket stand open at the instant `now` already; NOT_FOUND
   */
  create(ask: StoredAsk, bounds: { readonly mostOpen: number; readonly now: string }, log: LogDraft): Promise<void>
  get(id: AskId): Promise<StoredAsk | null>
  /** In the order in which they were asked. */
  listForTicket(ticketId: TicketId): Promise<readonly StoredAsk[]>
  /** What stands open at the instant `now`, for those of the tickets that ever had a question. */
  openIn(ticketIds: readonly TicketId[], now: string): Promise<readonly OpenAsks[]>
  /** First wins, from `open` only; null when it was answered or taken back before. */
  withdraw(id: AskId, at: string, log: LogDraft): Promise<StoredAsk | null>
}
