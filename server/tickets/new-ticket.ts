import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Grade, LogDraft, Ticket } from '../store/entities.ts'
import { priorityOf } from './priority.ts'

export interface NewTicket {
  readonly title: string
  readonly description: string
  readonly requesterName: string
  readonly requesterEmail: string | null
  readonly openedBy: 'requester' | 'desk'
  readonly deviceIds: readonly DeviceId[]
  readonly impact: Grade
  readonly urgency: Grade
}

/** A fresh ticket's record, and what the first entry of its log says. */
export function newTicket(
  id: TicketId,
  at: string,
  wish: NewTicket,
): { readonly ticket: Omit<Ticket, 'number' | 'version'>; readonly body: LogDraft['body'] } {
  const priority = priorityOf(wish.impact, wish.urgency)
  const fresh = { state: 'new', priority, level: 1, assigneeId: null, confirmed: null } as const
  return { ticket: { id, ...wish, ...fresh, createdAt: at, updatedAt: at }, body: { ...wish, priority } }
}
