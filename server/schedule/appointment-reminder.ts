import type { AppointmentId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { logDraft, SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import type { Appointment } from '../store/appointment-store.ts'
import type { Store } from '../store/store.ts'
import type { TimerDraft } from '../store/timer-store.ts'
import { announceMessage } from '../tickets/follow-up.ts'
import type { TimerHandler } from '../timers/timer-handler.ts'

const KIND = 'appointment.reminder'
const MINUTE_MS = 60_000
/** How long before an appointment both sides are reminded. */
const REMIND_BEFORE_MS = 30 * MINUTE_MS

/** The timer that reminds of an appointment; of one that begins sooner than that, at once. */
export function reminderTimer({ id, ticketId, from }: Appointment): TimerDraft {
  const dueAt = new Date(Date.parse(from) - REMIND_BEFORE_MS).toISOString()
  return { key: reminderKey(id), kind: KIND, ticketId, dueAt, body: { appointmentId: id } }
}

export function reminderKey(id: AppointmentId): string {
  return `appointment/${id}/reminder`
}

/** Reminds the person by a message, which their device announces, and whoever reads the ticket by the same. */
export function reminderHandler({
  store,
  bus,
  clock,
  mails,
}: {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly mails: Pick<MailWriter, 'ofReminder'>
}): TimerHandler {
  return {
    kind: KIND,
    async fire({ key, dueAt, body }) {
      // Written by `reminderTimer`.
      const appointment = await store.appointments.get(body['appointmentId'] as AppointmentId)
      const minutes = Math.round((Date.parse(appointment?.from ?? '') - clock.now()) / MINUTE_MS)
      // Cancelled, gone, or over because no server ran: nobody is reminded of that.
      if (appointment?.state !== 'agreed' || minutes < 0) return
      const ticket = await store.tickets.get(appointment.ticketId)
      if (ticket === null || ticket.state === 'closed') return
      const { ticketId } = appointment
      const text = reminderText(appointment, minutes)
      const told = { mails: await mails.ofReminder(ticket, appointment, minutes) }
      const log = logDraft(clock, { ticketId, actor: SERVER_ACTOR, kind: 'message.sent', body: { text }, ...told })
      const fired = await store.timers.fire({ key, dueAt }, isoNow(clock), { log: [log] })
      if (fired !== null) announceMessage(bus, ticketId)
    },
  }
}

/** Says no time of day: the two sides may be in different zones. */
function reminderText({ what, place, technicianName }: Appointment, minutes: number): string {
  const where = place === null ? '' : ` (${place})`
  const when = minutes === 0 ? 'now' : `in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`
  return `Reminder: your appointment with ${technicianName} begins ${when}: ${what}${where}`
}
