import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Appointment, AppointmentStore } from '../store/appointment-store.ts'
import type { LogDraft } from '../store/entities.ts'
import type { TicketClosing } from '../store/ticket-store.ts'

/** What the log says of an appointment that is cancelled: that it is, and the message that tells the person (SPEC T45). */
export function cancellationEntries(
  { id, ticketId, what, from, until }: Appointment,
  by: { readonly at: string; readonly actor: Actor },
): readonly LogDraft[] {
  const draft = { ticketId, ...by }
  return [
    { ...draft, kind: 'appointment.cancelled', body: { appointmentId: id, from, until } },
    { ...draft, kind: 'message.sent', body: { text: `The appointment is cancelled: ${what}` } },
  ]
}

/** The appointments that end with a ticket: all that are agreed and not over (SPEC T47). */
export async function endingAppointments(
  appointments: Pick<AppointmentStore, 'listForTicket'>,
  ticketId: TicketId,
  by: { readonly at: string; readonly actor: Actor },
): Promise<NonNullable<TicketClosing['cancels']>> {
  const open = (await appointments.listForTicket(ticketId)).filter(
    ({ state, until }) => state === 'agreed' && until > by.at,
  )
  return open.map((appointment) => ({ appointmentId: appointment.id, logs: cancellationEntries(appointment, by) }))
}
