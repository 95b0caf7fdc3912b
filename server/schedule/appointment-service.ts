import { calendarFile } from '@askfirst/protocol/calendar-file.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { AppointmentId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import type { AskService } from '../people/ask-service.ts'
import type { Appointment } from '../store/appointment-store.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { Store } from '../store/store.ts'
import { announceMessage } from '../tickets/follow-up.ts'
import { reminderKey } from './appointment-reminder.ts'
import { cancellationEntries } from './cancellation.ts'

const DAY_MS = 86_400_000
/** How far ahead, and how long, an appointment can be. */
const MAX_AHEAD_MS = 366 * DAY_MS
const MAX_LENGTH_MS = 8 * 3_600_000
const MIN_LENGTH_MS = 5 * 60_000

/** From when until when; instants. */
export interface Span {
  readonly from: string
  readonly until: string
}

interface ScheduleDependencies {
  readonly store: Pick<Store, 'appointments' | 'tickets' | 'users' | 'timers'>
  readonly clock: Clock
  readonly bus: Bus
  readonly asks: AskService
  readonly mails: Pick<MailWriter, 'ofCancelled'>
  /** Tells devices that what was allowed for the appointment only has ended with it. */
  readonly afterCancel: (ticketId: TicketId, id: AppointmentId) => Promise<void>
}

export type AppointmentService = ReturnType<typeof createAppointmentService>

/** Appointments of the desk and the person: proposed as a question, agreed by the answer, cancelled, and as calendar files. */
export function createAppointmentService({ store, clock, bus, asks, mails, afterCancel }: ScheduleDependencies) {
  async function ofTicket(ticketId: TicketId, id: AppointmentId): Promise<Appointment> {
    const appointment = await store.appointments.get(id)
    if (appointment?.ticketId !== ticketId)
      throw new AskFirstError('NOT_FOUND', `There is no appointment ${id} of ticket ${ticketId}.`)
    return appointment
  }

  return {
    /**
     * Proposes times; the person can answer until the first of them begins.
     *
     * @throws AskFirstError INVALID_REQUEST when a time is over, too far ahead, or too short or long; and as `AskService.ask`
     */
    propose(
      ticketId: TicketId,
      wish: { readonly what: string; readonly place?: string; readonly times: readonly Span[] },
      actor: Actor,
    ): Promise<StoredAsk> {
      const times = [...wish.times].sort((a, b) => (a.from < b.from ? -1 : 1))
      for (const span of times) checkSpan(span, clock.now())
      const options = times.map((span, at) => ({ optionId: `time-${at + 1}`, ...span }))
      const place = wish.place === undefined ? {} : { place: wish.place }
      const until = times[0]?.from ?? isoNow(clock)
      return asks.ask(ticketId, { kind: 'pick-time', body: { options, what: wish.what, ...place }, until }, actor)
    },

    /** What was agreed in a ticket. @throws AskFirstError NOT_FOUND */
    async list(ticketId: TicketId): Promise<readonly Appointment[]> {
      if ((await store.tickets.get(ticketId)) === null)
        throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId}.`)
      return store.appointments.listForTicket(ticketId)
    },

    /** What a technician has agreed to from now on, for those who propose times. */
    upcoming(technicianId: UserId): Promise<readonly Appointment[]> {
      const now = clock.now()
      const within = { from: new Date(now).toISOString(), until: new Date(now + 2 * MAX_AHEAD_MS).toISOString() }
      return store.appointments.agreedWithin(technicianId, within)
    },

    /** Cancels what was agreed, and what was allowed for it; the person is told by a message. @throws AskFirstError NOT_FOUND; CONFLICT when it was cancelled before */
    async cancel(ticketId: TicketId, id: AppointmentId, actor: Actor): Promise<Appointment> {
      const at = isoNow(clock)
      const appointment = await ofTicket(ticketId, id)
      const ticket = await store.tickets.get(ticketId)
      const told = ticket === null ? [] : await mails.ofCancelled(ticket, appointment)
      const log = cancellationEntries(appointment, { at, actor, mails: told })
      const cancelled = await store.appointments.cancel(id, { at, endedBy: SERVER_ACTOR, log })
      if (cancelled === null) throw new AskFirstError('CONFLICT', 'The appointment was cancelled before.')
      await store.timers.cancel(reminderKey(id))
      await afterCancel(ticketId, id)
      announceAppointment(bus, ticketId)
      announceMessage(bus, ticketId)
      return cancelled
    },

    /**
     * The calendar file of an appointment (RFC 5545); without the technician's address for the person, as the device's file.
     *
     * @throws AskFirstError NOT_FOUND
     */
    async calendar(ticketId: TicketId, id: AppointmentId, reader: 'desk' | 'person'): Promise<string> {
      const appointment = await ofTicket(ticketId, id)
      // Whoever asked was a user, or the server, which is none.
      const user = reader === 'person' ? null : await store.users.get(appointment.technicianId as UserId)
      const { askId, sequence, from, until, what, place, technicianName, state } = appointment
      return calendarFile({
        ...{ uid: `${askId}@askfirst`, sequence, stampedAt: isoNow(clock), from, until, summary: what },
        description: `With ${technicianName}`,
        location: place ?? undefined,
        isCancelled: state === 'cancelled',
        organiser: user === null ? undefined : { name: technicianName, email: user.email },
      })
    },
  }
}

/** Tells readers of a ticket that its appointments changed. */
export function announceAppointment(bus: Bus, ticketId: TicketId): void {
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'ask', id: ticketId })
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
}

function checkSpan({ from, until }: Span, nowMs: number): void {
  const [begin, end] = [Date.parse(from), Date.parse(until)]
  const lengthMs = end - begin
  if (!(begin > nowMs && begin <= nowMs + MAX_AHEAD_MS))
    throw invalid('A time must lie ahead, and at most a year from now.')
  if (!(lengthMs >= MIN_LENGTH_MS && lengthMs <= MAX_LENGTH_MS))
    throw invalid('A time must last from 5 minutes to 8 hours.')
}

function invalid(message: string): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', message, { details: { field: 'times' } })
}
