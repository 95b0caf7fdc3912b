import { createHash } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { AskId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { AskKind } from '@askfirst/protocol/ticket-ask.ts'
import { askText, TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { Compile } from 'typebox/compile'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { logDraft, SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { oneLine } from '../one-line.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'

/** What to ask: a kind with its body, and until when an answer counts. */
export type AskWish = {
  [Kind in AskKind]: {
    readonly kind: Kind
    readonly body: Extract<TicketAsk, { kind: Kind }>['body']
    readonly until?: string
  }
}[AskKind]

interface AskDependencies {
  readonly store: Pick<Store, 'asks' | 'tickets' | 'users'>
  readonly clock: Clock
  readonly bus: Bus
  /** Writes the mail that tells the person of it. */
  readonly mails: Pick<MailWriter, 'ofAsk'>
}

export type AskService = ReturnType<typeof createAskService>

const isTicketAsk = Compile(TicketAsk)

/** Questions of the desk to the person of a ticket (SPEC P10, P15): asked, taken back, listed. Answers come as statements. */
export function createAskService({ store, clock, bus, mails }: AskDependencies) {
  async function get(ticketId: TicketId): Promise<Ticket> {
    const ticket = await store.tickets.get(ticketId)
    if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId}.`)
    return ticket
  }

  async function takeBack(of: StoredAsk, reason: 'withdrawn' | 'ticket-closed', actor: Actor): Promise<StoredAsk> {
    const { id, ticketId, ask } = of
    const body = { askId: id, kind: ask.kind, reason }
    const log = logDraft(clock, { ticketId, actor, kind: 'ask.withdrawn', body })
    const withdrawn = await store.asks.withdraw(id, log.at, log)
    if (withdrawn === null) throw new AskFirstError('CONFLICT', 'The question was answered or taken back before.')
    announceAsk(bus, withdrawn)
    return withdrawn
  }

  return {
    /**
     * Puts a question to the person; it stands until they answer, it is taken back, or `until` is past.
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT when the ticket is closed (feedback apart) or too many questions stand open;
     *   INVALID_REQUEST when the question is not as its kind demands
     */
    async ask(ticketId: TicketId, wish: AskWish, actor: Actor): Promise<StoredAsk> {
      const ticket = await get(ticketId)
      if (ticket.state === 'closed' && wish.kind !== 'feedback')
        throw new AskFirstError('CONFLICT', `Ticket ${ticketId} is closed; nothing can be asked in it.`)
      const now = isoNow(clock)
      const ask = checked({ askId: newId('ask', clock), at: now, by: await nameOf(store, actor), ...wish }, now)
      const askSha256 = createHash('sha256').update(askText(ask)).digest('hex')
      const open = { state: 'open', endedAt: null, answer: null } as const
      const stored: StoredAsk = { id: ask.askId, ticketId, ask, askSha256, askedBy: actor.id, ...open }
      const body = { askId: ask.askId, askSha256, ask }
      const told = { mails: await mails.ofAsk(ticket, wish) }
      const log = logDraft(clock, { ticketId, actor, kind: 'ask.sent', body, ...told })
      await store.asks.create(stored, { mostOpen: LIMITS.maxOpenAsks, now }, log)
      announceAsk(bus, stored)
      return stored
    },

    /** Takes a question back, of this ticket where one is named. @throws AskFirstError NOT_FOUND; CONFLICT when it was answered or taken back before */
    async withdraw(askId: AskId, actor: Actor, ticketId?: TicketId): Promise<StoredAsk> {
      const known = await store.asks.get(askId)
      if (known === null || (ticketId !== undefined && known.ticketId !== ticketId))
        throw new AskFirstError('NOT_FOUND', `There is no question ${askId}.`)
      return takeBack(known, 'withdrawn', actor)
    },

    /** All questions of a ticket, in their order. @throws AskFirstError NOT_FOUND */
    async list(ticketId: TicketId): Promise<readonly StoredAsk[]> {
      await get(ticketId)
      return store.asks.listForTicket(ticketId)
    },

    /** Takes back what a ticket that was closed meanwhile no longer allows (SPEC P15). */
    async ticketChanged(ticketId: TicketId): Promise<void> {
      const ticket = await store.tickets.get(ticketId)
      if (ticket?.state !== 'closed') return
      for (const ask of await store.asks.listForTicket(ticketId)) {
        if (ask.state !== 'open' || ask.ask.kind === 'feedback') continue
        await takeBack(ask, 'ticket-closed', SERVER_ACTOR).catch((error: unknown) => {
          if (!(error instanceof AskFirstError && error.code === 'CONFLICT')) throw error // Somebody else was first.
        })
      }
    },
  }
}

/** Tells readers of a ticket and its devices that a question was asked, answered or taken back. */
export function announceAsk(bus: Bus, { id, ticketId }: Pick<StoredAsk, 'id' | 'ticketId'>): void {
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'ask', id })
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
  bus.publish({ topic: 'queue', kind: 'activity', id: ticketId })
}

async function nameOf(store: Pick<Store, 'users'>, actor: Actor): Promise<TicketAsk['by']> {
  const user = actor.kind === 'user' ? await store.users.get(actor.id as Parameters<Store['users']['get']>[0]) : null
  const role = user === null || user.role === 'auditor' ? 'desk' : user.role
  return { name: oneLine(actor.name, 200), role }
}

/** The question in a form that has a canonical JSON and holds to its kind. */
function checked(wish: unknown, now: string): TicketAsk {
  const ask: unknown = JSON.parse(
    JSON.stringify(wish, (_key, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value)),
  )
  if (!isTicketAsk.Check(ask)) throw invalid('The question is not as its kind demands.', 'body')
  if (ask.until !== undefined && ask.until <= now) throw invalid('The time for an answer is over already.', 'until')
  if (ask.kind !== 'pick-time') return ask
  const { options } = ask.body
  const isDouble = new Set(options.map(({ optionId }) => optionId)).size < options.length
  if (isDouble || options.some(({ from, until }) => until <= from))
    throw invalid('The times must differ in their ids, and each must end after it begins.', 'body')
  return ask
}

function invalid(message: string, field: string): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', message, { details: { field } })
}
