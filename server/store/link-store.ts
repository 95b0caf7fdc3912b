import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft, Ticket } from './entities.ts'
import type { TicketLink } from './ticket-entities.ts'

/** A relation as one of its two tickets sees it. */
export interface LinkedTicket {
  readonly link: TicketLink
  /** The ticket at the other end. */
  readonly other: Pick<Ticket, 'id' | 'number' | 'title' | 'state' | 'closedAs'>
}

/** What tickets have to do with each other; two of them have one relation at most, whichever way. */
export interface LinkStore {
  /** False, and nothing is written, when the two are linked already (first wins). @throws AskFirstError NOT_FOUND */
  add(link: TicketLink, logs: readonly LogDraft[]): Promise<boolean>
  /** False, and nothing is written, when there is no such link. */
  remove(link: Pick<TicketLink, 'from' | 'to'>, logs: readonly LogDraft[]): Promise<boolean>
  /** In the order in which they came; at most 500. */
  of(ticketId: TicketId): Promise<readonly LinkedTicket[]>
}
