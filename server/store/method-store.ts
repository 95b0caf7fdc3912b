import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from './entities.ts'
import type { MethodChange, MethodRecord } from './method-entities.ts'

export interface MethodStore {
  read(ticketId: TicketId): Promise<MethodRecord>
  /**
   * Writes one record with its entry, and with more of them where it has more to say; first wins: false when another
   * caller wrote that version before, and then nothing is written.
   *
   * @throws AskFirstError NOT_FOUND when there is no such ticket; CONFLICT when it is closed
   */
  put(change: MethodChange, log: LogDraft, more?: readonly LogDraft[]): Promise<boolean>
}
