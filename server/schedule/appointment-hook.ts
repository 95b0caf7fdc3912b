import { isoNow, newId } from '../clock.ts'
import { logDraft, SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { AskHook, AskHookDeps } from '../people/ask-hook.ts'
import type { Appointment } from '../store/appointment-store.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import { createTimerService } from '../timers/timer-service.ts'
import { reminderTimer } from './appointment-reminder.ts'
import { announceAppointment } from './appointment-service.ts'

/** A time that the person picked becomes an appointment, with a reminder before it; "none of these" becomes nothing. */
export function appointmentHook({ store, bus, clock }: Omit<AskHookDeps, 'log'>): AskHook {
  const timers = createTimerService({ store, bus })
  return {
    kind: 'pick-time',
    async onAnswered(asked) {
      const wish = appointmentOf(asked)
      if (wish === null) return
      // Answered just before the ticket was closed, and worked on after it: there is nothing to come to any more.
      if ((await store.tickets.get(asked.ticketId))?.state === 'closed') return
      const appointment: Appointment = { id: newId('apt', clock), ...wish, agreedAt: isoNow(clock), endedAt: null }
      const { id, ticketId, from, until } = appointment
      const body = { appointmentId: id, askId: asked.id, from, until }
      const log = logDraft(clock, { ticketId, actor: SERVER_ACTOR, kind: 'appointment.agreed', body })
      const outcome = await store.appointments.agree(appointment, log)
      const kept = (await store.appointments.listForTicket(ticketId)).find(({ askId }) => askId === asked.id)
      // Set again when the server failed between the two: a timer of the same key and instant changes nothing.
      if (kept?.state === 'agreed') await timers.set(reminderTimer(kept))
      if (outcome === 'recorded') announceAppointment(bus, ticketId)
    },
  }
}

function appointmentOf({
  id,
  ticketId,
  ask,
  askedBy,
  answer,
}: StoredAsk): Omit<Appointment, 'id' | 'agreedAt' | 'endedAt'> | null {
  if (ask.kind !== 'pick-time') return null
  const option = ask.body.options.find(({ optionId }) => optionId === answer?.choice)
  if (option === undefined) return null
  const { what, place = null } = ask.body
  const who = { technicianId: askedBy, technicianName: ask.by.name }
  return {
    ticketId,
    askId: id,
    ...who,
    what,
    place,
    from: option.from,
    until: option.until,
    state: 'agreed',
    sequence: 0,
  }
}
