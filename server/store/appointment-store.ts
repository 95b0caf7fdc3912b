import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { AppointmentId, AskId, TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from './entities.ts'

/** A time that the person picked; what was only proposed is a question (`StoredAsk`). */
export interface Appointment {
  readonly id: AppointmentId
  readonly ticketId: TicketId
  /** The question that it came of. */
  readonly askId: AskId
  readonly technicianId: string
  readonly technicianName: string
  readonly what: string
  readonly place: string | null
  /** Instants. */
  readonly from: string
  readonly until: string
  readonly state: 'agreed' | 'cancelled'
  /** Counts its changes, for calendars. */
  readonly sequence: number
  readonly agreedAt: string
  readonly endedAt: string | null
}

/** How an appointment is cancelled. */
export interface Cancelling {
  readonly at: string
  /** Who stands in the entries about requests and grants that end with it. */
  readonly endedBy: Actor
  readonly log: readonly LogDraft[]
}

export interface AppointmentStore {
  /** Keeps what was agreed; `known` when the question brought one before, and then nothing is written (first wins). */
  agree(appointment: Appointment, log: LogDraft): Promise<'recorded' | 'known'>
  get(id: AppointmentId): Promise<Appointment | null>
  /** In the order in which they were agreed. */
  listForTicket(ticketId: TicketId): Promise<readonly Appointment[]>
  /** What a technician has agreed to within a time, the earliest first. */
  agreedWithin(
    technicianId: string,
    within: { readonly from: string; readonly until: string },
  ): Promise<readonly Appointment[]>
  /**
   * First wins, from `agreed` only; null when it was cancelled before. Requests and grants for its times only end in the same
   * transaction, each with an entry after those of `log`.
   */
  cancel(id: AppointmentId, cancelling: Cancelling): Promise<Appointment | null>
}
