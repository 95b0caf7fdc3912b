import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import type { Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { Timer } from '../store/timer-store.ts'
import type { TimerHandler } from '../timers/timer-handler.ts'
import type { ClosingService } from './closing-service.ts'
import { announceMessage } from './follow-up.ts'
import { CLOSING, REMINDER } from './no-answer-timers.ts'

const DAY_MS = 86_400_000

interface NoAnswerDeps {
  readonly store: Pick<Store, 'tickets' | 'timers'>
  readonly clock: Clock
  readonly bus: Bus
  readonly mails: Pick<MailWriter, 'ofNoAnswer'>
  readonly closing: Pick<ClosingService, 'closeUnanswered'>
}

/** Tickets that the person says nothing to. Each timer looks anew: whoever answered meanwhile is left alone. */
export function noAnswerHandlers(deps: NoAnswerDeps): readonly TimerHandler[] {
  return [
    { kind: REMINDER, fire: (timer) => remind(deps, timer) },
    { kind: CLOSING, fire: (timer) => close(deps, timer) },
  ]
}

/** The ticket of a timer while it still waits for the person's answer. */
async function waiting({ store }: NoAnswerDeps, { ticketId }: Timer): Promise<Ticket | null> {
  const ticket = ticketId === null ? null : await store.tickets.get(ticketId)
  return ticket?.state === 'resolved' && ticket.confirmed === null ? ticket : null
}

async function remind(deps: NoAnswerDeps, timer: Timer): Promise<void> {
  const ticket = await waiting(deps, timer)
  if (ticket === null) return
  const at = isoNow(deps.clock)
  const days = Math.max(1, Math.ceil(Number(timer.body['noAnswerDays']) / 2))
  const text = `Is it fixed? Please say so on the page of your ticket. Without an answer the ticket is closed in about ${days === 1 ? 'a day' : `${days} days`}.`
  const mails = await deps.mails.ofNoAnswer(ticket, days)
  const log = { ticketId: ticket.id, at, actor: SERVER_ACTOR, kind: 'message.sent', body: { text }, mails } as const
  if ((await deps.store.timers.fire(timer, at, { log: [log] })) !== null) announceMessage(deps.bus, ticket.id)
}

/** Where something stands in the way (a step is empty, a run has not ended) the desk gets another day. */
async function close(deps: NoAnswerDeps, timer: Timer): Promise<void> {
  const ticket = await waiting(deps, timer)
  if (ticket === null) return
  try {
    await deps.closing.closeUnanswered(ticket, timer)
  } catch (error) {
    if (!(error instanceof AskFirstError) || error.code !== 'TICKET_NOT_CLOSABLE') throw error
    const at = isoNow(deps.clock)
    const dueAt = new Date(deps.clock.now() + DAY_MS).toISOString()
    await deps.store.timers.fire(timer, at, { timers: [{ ...timer, dueAt }] })
  }
}
