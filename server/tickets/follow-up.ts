import type { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Ticket, TicketState } from '../store/entities.ts'
import type { Prioritised, PriorityWish } from './priority-change.ts'
import { reasonDifferences } from './priority-change.ts'

/** What a technician may change; absent fields stay. */
export interface TicketChange extends PriorityWish {
  readonly title?: string
  readonly description?: string
  readonly state?: TicketState
  readonly level?: number
  readonly assigneeId?: UserId | null
  readonly deviceIds?: readonly DeviceId[]
}

/** A change with all that follows from it. */
export type WholeChange = Omit<TicketChange, 'override'> &
  Partial<Prioritised> & { readonly confirmed?: boolean | null }

/** Adds what follows from a change: that the person's answer was about how it stood before. */
export function wholeChange(before: Ticket, change: WholeChange): WholeChange {
  return { ...forgottenAnswer(before, change), ...change }
}

/** Resolved anew or opened again: whether it is fixed has to be asked anew. Closing keeps what the person said. */
function forgottenAnswer(before: Ticket, { state = before.state }: WholeChange): { readonly confirmed?: null } {
  const isAsked = state !== before.state && (state === 'resolved' || before.state === 'resolved')
  return isAsked && state !== 'closed' && before.confirmed !== null ? { confirmed: null } : {}
}

/** Each changed field with both values, as the log keeps it. */
export function differences(before: Ticket, { priorityReason = before.priorityReason, ...change }: WholeChange) {
  const had = new Map<string, unknown>(Object.entries(before))
  const changed = Object.entries(change).filter(([field, to]) => JSON.stringify(had.get(field)) !== JSON.stringify(to))
  const fields = Object.fromEntries(changed.map(([field, to]) => [field, { from: had.get(field), to }]))
  return { ...fields, ...reasonDifferences(before.priorityReason, priorityReason) }
}

/** Tells readers of a ticket and of the queue that the ticket and its log changed. */
export function announceTicket(bus: Bus, ticketId: TicketId): void {
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'ticket', id: ticketId })
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
  bus.publish({ topic: 'queue', kind: 'ticket', id: ticketId })
}

/** Tells readers of a ticket that somebody wrote: its log grew, and the other side has something to read. */
export function announceMessage(bus: Bus, ticketId: TicketId): void {
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'message', id: ticketId })
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
}
