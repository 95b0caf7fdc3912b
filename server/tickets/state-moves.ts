import type { TicketState } from '../store/entities.ts'

/** Where a ticket can go from each state. Closed is final: its grants have ended; a new problem is a new ticket. */
const MOVES: Readonly<Record<TicketState, readonly TicketState[]>> = {
  new: ['open', 'waiting', 'resolved', 'closed'],
  open: ['waiting', 'resolved', 'closed'],
  waiting: ['open', 'resolved', 'closed'],
  resolved: ['open', 'closed'],
  closed: [],
}

/** Whether a ticket may go from one state to another; staying is no move and always allowed. */
export function mayMove(from: TicketState, to: TicketState): boolean {
  return from === to || MOVES[from].includes(to)
}
