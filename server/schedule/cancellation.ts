import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import type { Appointment } from '../store/appointment-store.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { MailDraft } from '../store/mail-entities.ts'
import type { Store } from '../store/store.ts'
import type { TicketClosing } from '../store/ticket-store.ts'

/** What the log says of an appointment that is cancelled: that it is, and the message that tells the person (SPEC T45). */
export function cancellationEntries(
  { id, ticketId, what, from, until }: Appointment,
  { mails, ...by }: { readonly at: string; readonly actor: Actor; readonly mails: readonly MailDraft[] },
): readonly LogDraft[] {
  const draft = { ticketId, ...by }
  return [
    { ...draft, kind: 'appointment.cancelled', body: { appointmentId: id, from, until } },
    { ...draft, kind: 'message.sent', body: { text: `The appointment is cancelled: ${what}` }, mails },
  ]
}

/** The appointments that end with a ticket: all that are agreed and not over (SPEC T47). */
export async function endingAppointments(
  { store, mails }: { readonly store: Pick<Store, 'appointments'>; readonly mails: Pick<MailWriter, 'ofCancelled'> },
  ticket: Ticket,
  by: { readonly at: string; readonly actor: Actor },
): Promise<NonNullable<TicketClosing['cancels']>> {
  const open = (await store.appointments.listForTicket(ticket.id)).filter(
    ({ state, until }) => state === 'agreed' && until > by.at,
  )
  return Promise.all(
    open.map(async (appointment) => {
      const told = await mails.ofCancelled(ticket, appointment)
      return { appointmentId: appointment.id, logs: cancellationEntries(appointment, { ...by, mails: told }) }
    }),
  )
}
