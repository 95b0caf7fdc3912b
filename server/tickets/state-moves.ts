import type { Ticket, TicketState } from '../store/entities.ts'
import type { WaitingFor } from '../store/ticket-entities.ts'

/**
 * Where a ticket can go from each state (SPEC T2). The last way into `closed` and the only way out of it have rules of
 * their own: closing.ts and reopening.ts.
 */
const MOVES: Readonly<Record<TicketState, readonly TicketState[]>> = {
  new: ['open', 'waiting', 'resolved', 'closed'],
  open: ['waiting', 'resolved', 'closed'],
  waiting: ['open', 'resolved', 'closed'],
  resolved: ['open', 'closed'],
  closed: ['open'],
}

/** Whether a ticket may go from one state to another; staying is no move and always allowed. */
export function mayMove(from: TicketState, to: TicketState): boolean {
  return from === to || MOVES[from].includes(to)
}

/** Whose move it is (SPEC T1); `nobody` where a ticket is closed. */
export const MOVERS = ['desk', 'person', 'on-site', 'third-party', 'approval', 'appointment', 'nobody'] as const
export type Mover = (typeof MOVERS)[number]

/** Says whose move it is at a ticket. */
export function moverOf({ state, waitingFor, confirmed }: Pick<Ticket, 'state' | 'waitingFor' | 'confirmed'>): Mover {
  switch (state) {
    case 'new':
    case 'open':
      return 'desk'
    case 'waiting':
      return waitingFor ?? 'person'
    case 'resolved':
      // Without an answer the person is asked whether it is fixed; with one the desk closes it.
      return confirmed === null ? 'person' : 'desk'
    case 'closed':
      return 'nobody'
  }
}

/** What a move does to whom the ticket waits for: the person unless somebody else is named, and nobody once it goes on. */
export function waitingAfter(
  before: Pick<Ticket, 'state' | 'waitingFor'>,
  { state = before.state, waitingFor }: { readonly state?: TicketState; readonly waitingFor?: WaitingFor | null },
): { readonly waitingFor?: WaitingFor | null } {
  const to = state === 'waiting' ? (waitingFor ?? before.waitingFor ?? 'person') : null
  return to === before.waitingFor ? {} : { waitingFor: to }
}
