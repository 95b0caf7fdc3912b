import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { PriorityMatrix } from '../settings/priority-matrix.ts'
import type { Grade, LogDraft, Ticket } from '../store/entities.ts'
import { UNTOUCHED } from '../store/ticket-entities.ts'
import { byMatrix } from './priority-change.ts'

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
  wish: NewTicket,
  { id, at, matrix }: { readonly id: TicketId; readonly at: string; readonly matrix: PriorityMatrix },
): { readonly ticket: Omit<Ticket, 'number' | 'version'>; readonly body: LogDraft['body'] } {
  const graded = byMatrix(matrix, wish)
  const fresh = { state: 'new', ...graded, level: 1, assigneeId: null, confirmed: null } as const
  const body = { ...wish, priority: graded.priority }
  return { ticket: { id, ...wish, ...UNTOUCHED, ...fresh, createdAt: at, updatedAt: at }, body }
}
