import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft, Ticket, TicketState } from './entities.ts'

/** Fields of a ticket that change; it is closed by `TicketStore.close` alone. */
export type TicketColumns = Partial<
  Pick<
    Ticket,
    | 'title'
    | 'description'
    | 'impact'
    | 'urgency'
    | 'priority'
    | 'priorityReason'
    | 'level'
    | 'assigneeId'
    | 'deviceIds'
    | 'confirmed'
    | 'waitingFor'
    | 'closedAs'
    | 'closedReason'
    | 'closedAt'
    | 'reopened'
    | 'tags'
    | 'contacts'
  >
> & {
  readonly state?: Exclude<TicketState, 'closed'>
  readonly updatedAt: string
}

/** How a ticket is closed. */
export interface TicketClosing {
  readonly id: TicketId
  /** The version that it was decided on. */
  readonly version: number
  readonly columns: Pick<Ticket, 'closedAs' | 'closedReason' | 'closedAt' | 'waitingFor' | 'updatedAt'>
  /** What the log says of it, in order. */
  readonly logs: readonly [LogDraft, ...LogDraft[]]
  /** Who stands in the entries about requests and grants that end with the ticket. */
  readonly endedBy: Actor
}
