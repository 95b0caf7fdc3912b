import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { ClosedAs } from '../store/ticket-entities.ts'
import type { CloseCheck, CloseProblem, CloseWish } from './closing.ts'
import { closedAs } from './closing.ts'
import { announceTicket, differences } from './follow-up.ts'
import { mayMove } from './state-moves.ts'

interface ClosingDependencies {
  readonly store: Pick<Store, 'tickets'>
  readonly clock: Clock
  readonly bus: Bus
  readonly checks: readonly CloseCheck[]
  /** Writes the mail that tells the person of it. */
  readonly mails: Pick<MailWriter, 'ofChange'>
  /** Tells devices that their requests and grants ended with the ticket. */
  readonly afterChange: (ticketId: TicketId) => Promise<void>
}

export type ClosingService = ReturnType<typeof createClosingService>

/** Closes tickets, when nothing stands in the way (SPEC T4, T5, T6). */
export function createClosingService({ store, clock, bus, checks, mails, afterChange }: ClosingDependencies) {
  async function problems(ticket: Ticket, wish: CloseWish): Promise<readonly CloseProblem[]> {
    return (await Promise.all(checks.map((check) => check(ticket, wish)))).flat()
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
      const found = await problems(before, wish)
      if (found.length > 0) throw notClosable(found)
      const as = closedAs(before, wish)
      const at = isoNow(clock)
      const end = { at, actor, as, wish, mails: await mails.ofChange(before, { state: 'closed' }) }
      const closed = await store.tickets.close({
        ...{ id, version: wish.version, endedBy: SERVER_ACTOR },
        columns: { ...closedColumns({ as, reason: wish.reason, at }), updatedAt: at },
        logs: closingEntries(before, end),
      })
      if (closed === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
      await afterChange(id)
      announceTicket(bus, id)
      return closed
    },
  }
}

function closedColumns({ as, reason, at }: { as: ClosedAs; reason: string | null; at: string }) {
  return { closedAs: as, closedReason: reason, closedAt: at, waitingFor: null }
}

interface End {
  readonly at: string
  readonly actor: Actor
  readonly as: ClosedAs
  readonly wish: CloseWish
  readonly mails: LogDraft['mails']
}

/** What the log says of a closing: the row's change, and how and why it was closed. */
function closingEntries(before: Ticket, { at, actor, as, wish, mails }: End): readonly [LogDraft, LogDraft] {
  const changes = differences(before, { state: 'closed', ...closedColumns({ as, reason: wish.reason, at }) })
  const draft = { ticketId: before.id, at, actor }
  return [
    { ...draft, kind: 'ticket.changed', body: { changes }, ...(mails === undefined ? {} : { mails }) },
    { ...draft, kind: 'ticket.closed', body: { as, reason: wish.reason, skips: wish.skips } },
  ]
}

function openTicket(ticket: Ticket | null, id: TicketId): Ticket {
  if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
  if (ticket.state === 'closed' || !mayMove(ticket.state, 'closed'))
    throw new AskFirstError('CONFLICT', `Ticket ${id} is ${ticket.state}; it cannot be closed.`)
  return ticket
}

function notClosable(problems: readonly CloseProblem[]): AskFirstError {
  return new AskFirstError('TICKET_NOT_CLOSABLE', problems.map(({ text }) => text).join(' '), { details: { problems } })
}
