import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { leftOut } from '../method/close-check.ts'
import { emptySteps } from '../method/steps.ts'
import { endingAppointments } from '../schedule/cancellation.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { ClosedAs } from '../store/ticket-entities.ts'
import type { TicketClosing } from '../store/ticket-store.ts'
import type { Firing } from '../store/timer-store.ts'
import type { Caller } from '../users/caller.ts'
import { actorOf } from '../users/caller.ts'
import type { CloseCheck, CloseProblem, CloseWish } from './closing.ts'
import { closedAs } from './closing.ts'
import { announceMessage, announceTicket, differences } from './follow-up.ts'
import { goingOn, goingOnText } from './going-on.ts'
import { reopening } from './reopening.ts'
import { mayMove } from './state-moves.ts'

interface ClosingDependencies {
  readonly store: Pick<Store, 'tickets' | 'method' | 'appointments'>
  readonly clock: Clock
  readonly bus: Bus
  readonly checks: readonly CloseCheck[]
  /** Writes the mail that tells the person of it. */
  readonly mails: Pick<MailWriter, 'ofChange' | 'ofCancelled' | 'addressOf'>
  readonly settings: Pick<SettingsService, 'get'>
  /** Tells devices that their requests and grants ended with the ticket. */
  readonly afterChange: (ticketId: TicketId) => Promise<void>
  /** Asks the person how the help was. */
  readonly askFeedback: (ticketId: TicketId, actor: Actor) => Promise<unknown>
}

export type ClosingService = ReturnType<typeof createClosingService>

/** Closes tickets, when nothing stands in the way, and opens them again (SPEC T4 to T8, T14). */
export function createClosingService(dependencies: ClosingDependencies) {
  const { store, clock, bus, checks, mails, settings, afterChange, askFeedback } = dependencies
  async function problems(ticket: Ticket, wish: CloseWish): Promise<readonly CloseProblem[]> {
    return (await Promise.all(checks.map((check) => check(ticket, wish)))).flat()
  }

  /** Null when the timer that closes it fired before. */
  async function end(
    before: Ticket,
    wish: CloseWish & Pick<TicketClosing, 'version' | 'fires'>,
    by: { readonly actor: Actor; readonly farewell?: string },
  ): Promise<Ticket | null> {
    const found = await problems(before, wish)
    if (found.length > 0) throw notClosable(found)
    const { version, fires, reason } = wish
    const [at, as] = [isoNow(clock), closedAs(before, wish)]
    const empty = emptySteps(await store.method.read(before.id), before)
    const into = wish.into === undefined ? null : await store.tickets.get(wish.into)
    const told = await mails.ofChange(before, { state: 'closed', asksFeedback: wish.as === 'resolved' })
    const cancels = await endingAppointments({ store, mails }, before, { at, actor: by.actor })
    const closed = await store.tickets.close({
      ...{ id: before.id, version, endedBy: SERVER_ACTOR },
      columns: { ...closedColumns({ as, reason, at }), updatedAt: at },
      logs: closingEntries(before, {
        ...{ at, as, into, mails: told, ...by },
        wish: { ...wish, skips: leftOut(wish.as, empty, wish.skips) },
      }),
      cancels,
      ...(fires === undefined ? {} : { fires }),
      ...goesOnIn(before, into, { as, at, actor: by.actor }),
    })
    if (closed === null) return null
    await afterChange(before.id)
    announceEnd(bus, before.id, { cancels, into })
    return closed
  }

  return {
    /** What stands in the way of closing a ticket now. @throws AskFirstError NOT_FOUND, CONFLICT */
    async preview(id: TicketId, wish: CloseWish): Promise<readonly CloseProblem[]> {
      return problems(openTicket(await store.tickets.get(id), id), wish)
    },

    /**
     * Closes a ticket as seen at `version`; requests and grants of it end in the same moment.
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT when somebody changed it meanwhile or it is closed; TICKET_NOT_CLOSABLE
     *   with the problems as details
     */
    async close(id: TicketId, wish: CloseWish & { readonly version: number }, actor: Actor): Promise<Ticket> {
      const before = openTicket(await store.tickets.get(id), id)
      const ended = found(await end(before, wish, { actor }), id)
      // Only who was helped can say how the help was, and only a device or the page behind a mail shows them the question.
      const isReached = before.deviceIds.length > 0 || (await mails.addressOf(before)) !== null
      if (wish.as === 'resolved' && isReached) await askFeedback(id, actor)
      return ended
    },

    /**
     * Closes a ticket whose person did not answer in time, as its timer says; once (SPEC T14).
     *
     * @throws AskFirstError CONFLICT when it changed meanwhile; TICKET_NOT_CLOSABLE with the problems as details
     */
    async closeUnanswered(ticket: Ticket, { key, dueAt }: Firing): Promise<void> {
      const wish = { as: 'no-answer', reason: null, skips: {}, version: ticket.version, fires: { key, dueAt } } as const
      await end(ticket, wish, { actor: SERVER_ACTOR, farewell: FAREWELL })
    },

    /**
     * Opens a closed ticket again (SPEC T8).
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT when somebody changed it meanwhile, it is not closed or was closed too long
     *   ago; NOT_ALLOWED when it was somebody else's
     */
    async reopen(
      id: TicketId,
      { version, reason }: { readonly version: number; readonly reason: string },
      caller: Pick<Caller, 'user' | 'role'>,
    ): Promise<Ticket> {
      const before = found(await store.tickets.get(id), id)
      const { closing: rules } = await settings.get()
      const columns = reopening(before, { ...caller, rules, now: clock.now() })
      const draft = { ticketId: id, at: isoNow(clock), actor: actorOf(caller.user) }
      const told = { mails: await mails.ofChange(before, columns) }
      const log = {
        ...draft,
        kind: 'ticket.changed',
        body: { changes: differences(before, columns) },
        ...told,
      } as const
      const logs = [{ ...draft, kind: 'ticket.reopened', body: { reason, reopened: before.reopened + 1 } }] as const
      const opened = await store.tickets.change(id, version, { ...columns, updatedAt: draft.at }, log, { logs })
      announceTicket(bus, id)
      return found(opened, id)
    },
  }
}

function announceEnd(
  bus: Bus,
  id: TicketId,
  { cancels, into }: { readonly cancels: NonNullable<TicketClosing['cancels']>; readonly into: Ticket | null },
): void {
  announceTicket(bus, id)
  if (cancels.length > 0) announceMessage(bus, id)
  if (into !== null) announceTicket(bus, into.id)
}

/** Only what goes on elsewhere names where. */
function goesOnIn(
  before: Ticket,
  into: Ticket | null,
  { as, ...by }: { readonly as: ReturnType<typeof closedAs>; readonly at: string; readonly actor: Actor },
): Pick<TicketClosing, 'into'> {
  if (into === null || (as !== 'duplicate' && as !== 'merged')) return {}
  return { into: goingOn(before, into, { as, ...by }) }
}

/** What the person reads when a ticket ends without their answer. */
const FAREWELL =
  'No answer came, so this ticket is closed now. Nobody says that it is fixed: if it is not, please ask for help again.'

function found(ticket: Ticket | null, id: TicketId): Ticket {
  if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
  return ticket
}

function closedColumns({ as, reason, at }: { as: ClosedAs; reason: string | null; at: string }) {
  return { closedAs: as, closedReason: reason, closedAt: at, waitingFor: null }
}

interface End {
  readonly at: string
  readonly actor: Actor
  readonly as: ClosedAs
  readonly wish: CloseWish
  readonly into: Ticket | null
  readonly mails: LogDraft['mails']
  /** The last message to the person. */
  readonly farewell?: string
}

/** What the log says of a closing: the row's change, and how and why it was closed. */
function closingEntries(before: Ticket, end: End): readonly [LogDraft, ...LogDraft[]] {
  const { at, actor, as, wish, into, mails } = end
  const changes = differences(before, { state: 'closed', ...closedColumns({ as, reason: wish.reason, at }) })
  const draft = { ticketId: before.id, at, actor }
  const farewell = into === null ? end.farewell : goingOnText(before, into)
  const goesOn = into === null ? {} : { otherId: into.id, number: into.number }
  return [
    { ...draft, kind: 'ticket.changed', body: { changes }, ...(mails === undefined ? {} : { mails }) },
    { ...draft, kind: 'ticket.closed', body: { as, reason: wish.reason, skips: wish.skips, ...goesOn } },
    ...(farewell === undefined ? [] : [{ ...draft, kind: 'message.sent', body: { text: farewell } } as const]),
  ]
}

function openTicket(read: Ticket | null, id: TicketId): Ticket {
  const ticket = found(read, id)
  if (ticket.state === 'closed' || !mayMove(ticket.state, 'closed'))
    throw new AskFirstError('CONFLICT', `Ticket ${id} is ${ticket.state}; it cannot be closed.`)
  return ticket
}

function notClosable(problems: readonly CloseProblem[]): AskFirstError {
  return new AskFirstError('TICKET_NOT_CLOSABLE', problems.map(({ text }) => text).join(' '), { details: { problems } })
}
