import type { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { Bus } from '../bus/bus.ts'
import type { Ticket, TicketState } from '../store/entities.ts'
import type { TicketContacts, TicketFlow, WaitingFor } from '../store/ticket-entities.ts'
import type { Prioritised, PriorityWish } from './priority-change.ts'
import { reasonDifferences } from './priority-change.ts'
import { waitingAfter } from './state-moves.ts'

/** What a technician may change; absent fields stay. Closing has a way of its own: closing-service.ts. */
export interface TicketChange extends PriorityWish {
  readonly title?: string
  readonly description?: string
  readonly state?: Exclude<TicketState, 'closed'>
  /** Whom it waits for; the person when a move to `waiting` does not say. */
  readonly waitingFor?: WaitingFor
  readonly level?: number
  readonly assigneeId?: UserId | null
  readonly deviceIds?: readonly DeviceId[]
  readonly tags?: readonly string[]
  readonly contacts?: TicketContacts
  readonly requesterLanguage?: Language | null
}

/** A change with all that follows from it. */
export type WholeChange = Omit<TicketChange, 'override' | 'waitingFor'> &
  Partial<Prioritised & TicketFlow> & { readonly confirmed?: boolean | null }

/** Adds what follows from a change: that the person's answer was about how it stood before, and whom it waits for now. */
export function wholeChange(before: Ticket, change: WholeChange): WholeChange {
  return {
    ...forgottenAnswer(before, change),
    ...change,
    ...waitingAfter(before, change),
  }
}

/** Resolved anew or opened again: whether it is fixed has to be asked anew. Closing keeps what the person said. */
function forgottenAnswer(before: Ticket, change: WholeChange): { readonly confirmed?: null } {
  const state: TicketState = change.state ?? before.state
  const isAsked = state !== before.state && (state === 'resolved' || ENDS.includes(before.state))
  return isAsked && before.confirmed !== null ? { confirmed: null } : {}
}

const ENDS: readonly TicketState[] = ['resolved', 'closed']

/** Each changed field with both values, as the log keeps it. */
export function differences(
  before: Ticket,
  { priorityReason = before.priorityReason, ...change }: Omit<WholeChange, 'state'> & { readonly state?: TicketState },
) {
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
