import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { AppointmentId, OfferId, TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft, Ticket, TicketState } from './entities.ts'
import type { Offer } from './offer-store.ts'
import type { TicketLink } from './ticket-entities.ts'
import type { Firing, TimerDraft } from './timer-store.ts'

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
    | 'requesterLanguage'
  >
> & {
  readonly state?: Exclude<TicketState, 'closed'>
  readonly updatedAt: string
}

/** What else a change of a ticket writes, in the same transaction. */
export interface ChangeMore {
  /** Entries after that of the change. */
  readonly logs?: readonly LogDraft[]
  readonly timers?: readonly TimerDraft[]
  /** The offer that the new owner accepts by it: CONFLICT, and nothing is written, when that is not open any more. */
  readonly accepts?: OfferId
  /** What the new owner is told of, whom nobody asked. */
  readonly assigned?: Offer
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
  /**
   * The ticket in which its work goes on, and what the log there says. Where it is merged that entry also names the size
   * and the head of this ticket's log as they are at the end.
   */
  readonly into?: { readonly link: TicketLink; readonly log: LogDraft }
  /** Appointments that are cancelled with it (SPEC T47), and what the log says of each. */
  readonly cancels?: readonly { readonly appointmentId: AppointmentId; readonly logs: readonly LogDraft[] }[]
  /** The timer that closes it: when that fired before, nothing is written. */
  readonly fires?: Firing
}
