import { createHmac, timingSafeEqual } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { isAskOver } from '@askfirst/protocol/ticket-ask.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { logDraft } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { answeredAsk } from '../people/answered-ask.ts'
import type { AskHook } from '../people/ask-hook.ts'
import { announceAsk } from '../people/ask-service.ts'
import { changeOf } from '../people/ticket-answer.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { announceMessage, announceTicket, differences } from '../tickets/follow-up.ts'
import type { AskByLink } from './requester-asks.ts'
import { hashOf, newSecret } from './requester-links.ts'
import type { DecidedByLink, RequesterSaid } from './said-by-link.ts'
import { answersOf, asStated, entryOf, isAnsweredSo, linkActor } from './said-by-link.ts'

const HOUR_MS = 3_600_000
const SESSION_MS = 4 * HOUR_MS
const MAX_SAID_PER_HOUR = 30
const MAX_LINKS_PER_HOUR = 3
const MAX_TRIES = 5
/** Messages of a ticket that are shown; the newest. */
const MAX_SHOWN = 200
const ENTRIES_PER_READ = 500

/** Whoever holds a session of a link; that they read the address's mail is all that is known of them. */
export interface Requester {
  readonly ticket: Ticket
  /** Stands in the forms of the pages; another site does not know it. */
  readonly formToken: string
}

/** What a link is good for: `usable` opens its ticket, `gone` only a new link. */
export type LinkStanding = 'usable' | 'gone' | 'unknown'

interface RequesterDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly mails: Pick<MailWriter, 'ofLink' | 'ofPersonsMove'>
  /** What follows from answers. */
  readonly askHooks: readonly AskHook[]
  /** Ends what the ticket as it is now no longer allows; as after a change by the desk. */
  readonly afterChange: (ticketId: Ticket['id']) => Promise<void>
}

/**
 * People without an agent: they see how their ticket stands, write and answer, by a link from a mail. Nothing that they say is
 * signed by a device, so none of it is consent to anything, and its log entries are of kinds of their own.
 */
export class RequesterService {
  readonly #deps: RequesterDeps

  constructor(deps: RequesterDeps) {
    this.#deps = deps
  }

  async standing(token: string): Promise<LinkStanding> {
    const { store, clock } = this.#deps
    const link = await store.requesters.link(hashOf(token))
    if (link === null) return 'unknown'
    return link.usedAt === null && link.expiresAt > isoNow(clock) ? 'usable' : 'gone'
  }

  /**
   * Uses a link: the secret of a session of its ticket; null when the link opens nothing (any more). Mails to its address are in
   * the language of its page from then on.
   */
  async exchange(
    token: string,
    language: Language,
  ): Promise<{ readonly secret: string; readonly endsAt: string } | null> {
    const { store, clock } = this.#deps
    const secret = newSecret()
    const endsAt = new Date(clock.now() + SESSION_MS).toISOString()
    const session = { hash: hashOf(secret), now: isoNow(clock), endsAt }
    const link = await store.requesters.openSession(hashOf(token), session)
    if (link === null) return null
    await store.requesters.hear(link.ticketId, { language, at: isoNow(clock) })
    return { secret, endsAt }
  }

  /** Who holds a session; null when it has ended or the ticket belongs to another address by now. */
  async bySession(secret: string): Promise<Requester | null> {
    const { store, clock } = this.#deps
    const link = await store.requesters.session(hashOf(secret), isoNow(clock))
    const ticket = link === null ? null : await store.tickets.get(link.ticketId)
    return ticket === null || ticket.requesterEmail !== link?.address ? null : { ticket, formToken: formToken(secret) }
  }

  leave(secret: string): Promise<void> {
    return this.#deps.store.requesters.endSession(hashOf(secret))
  }

  /** Sends a new link to the address of an old one. Says nothing of what it found: the caller may hold anything. */
  async renew(token: string): Promise<void> {
    const { store, clock, bus, mails } = this.#deps
    const link = await store.requesters.link(hashOf(token))
    const ticket = link === null ? null : await store.tickets.get(link.ticketId)
    if (link === null || ticket === null || ticket.requesterEmail !== link.address) return
    const [mail] = await mails.ofLink(ticket, link.address)
    if (mail === undefined) return
    const bound = { since: new Date(clock.now() - HOUR_MS).toISOString(), most: MAX_LINKS_PER_HOUR }
    if (await store.mail.queue(ticket.id, mail, bound))
      bus.publish({ topic: `ticket/${ticket.id}`, kind: 'mail-queued', id: mail.id })
  }

  /** What the desk and the person said to each other, oldest first. */
  async conversation({ ticket }: Requester): Promise<readonly LogEntry[]> {
    const entries: LogEntry[] = []
    for (;;) {
      const after = entries.at(-1)?.seq ?? 0
      const read = await this.#deps.store.log.conversation(ticket.id, after, ENTRIES_PER_READ)
      entries.push(...read)
      if (read.length < ENTRIES_PER_READ) return entries.slice(-MAX_SHOWN)
    }
  }

  /** Questions of the desk that stand open or were answered, oldest first (SPEC T56). */
  async asks({ ticket }: Requester): Promise<readonly AskByLink[]> {
    const { store, clock } = this.#deps
    const asked = await store.asks.listForTicket(ticket.id)
    const appointments = await store.appointments.listForTicket(ticket.id)
    return asked
      .filter((ask) => ask.answer !== null || isStanding(ask, ticket, clock.now()))
      .map((ask) => ({ asked: ask, appointment: appointments.find(({ askId }) => askId === ask.id) ?? null }))
  }

  /**
   * Records a reply or an answer, with what it does to the ticket as it is at that very moment. The same answer to a question
   * again changes nothing and does once more what follows from it, as with a device that repeats itself.
   *
   * @throws AskFirstError CONFLICT when the ticket is closed (feedback apart); RATE_LIMITED beyond 30 an hour; STATEMENT_INVALID
   *   when there is no such question or choice, or only a device can answer it; ASK_CLOSED when it takes no answer any more
   */
  async say({ ticket: { id } }: Requester, said: RequesterSaid): Promise<void> {
    const asked = said.kind === 'decided' ? await this.#askedFor(id, said) : null
    if (said.kind !== 'decided' || asked === null || !isAnsweredSo(asked, said)) await this.#sayNow(id, said, asked)
    if (asked !== null) await this.#followUp(asked)
  }

  async #sayNow(id: Ticket['id'], said: RequesterSaid, asked: StoredAsk | null): Promise<void> {
    const { store, bus, afterChange } = this.#deps
    for (let left = MAX_TRIES; ; left -= 1) {
      const before = await store.tickets.get(id)
      if (before === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
      if (before.state === 'closed' && asked?.ask.kind !== 'feedback')
        throw new AskFirstError('CONFLICT', `Ticket ${id} is closed.`)
      try {
        await this.#record(before, said)
        await afterChange(id)
        announceTicket(bus, id)
        return announceMessage(bus, id)
      } catch (error) {
        if (!(error instanceof AskFirstError) || error.code !== 'CONFLICT' || left <= 1) throw error
      }
    }
  }

  async #askedFor(ticketId: Ticket['id'], said: DecidedByLink): Promise<StoredAsk> {
    const asked = await answeredAsk(this.#deps.store, { ...said, ticketId })
    if (asked.ask.kind === 'approve-action')
      throw new AskFirstError('STATEMENT_INVALID', 'An approval is signed by the device; no link gives one.')
    return asked
  }

  /** What follows from an answer that is durable. */
  async #followUp({ id, ticketId }: StoredAsk): Promise<void> {
    const { store, bus, askHooks } = this.#deps
    const answered = await store.asks.get(id)
    for (const hook of askHooks) if (answered?.ask.kind === hook.kind) await hook.onAnswered(answered)
    announceAsk(bus, { id, ticketId })
  }

  async #record(before: Ticket, said: RequesterSaid): Promise<void> {
    const { store, clock, mails } = this.#deps
    const actor = linkActor(before)
    const columns = changeOf(asStated(said), before)
    const changes = differences(before, columns)
    const ticketId = before.id
    const log = logDraft(clock, { ticketId, actor, ...entryOf(said) })
    const told = { mails: await mails.ofPersonsMove(before, columns) }
    const changed = logDraft(clock, { ticketId, actor, kind: 'ticket.changed', body: { changes }, ...told })
    const change = { version: before.version, columns: { ...columns, updatedAt: log.at }, log: changed }
    const bound = { since: new Date(clock.now() - HOUR_MS).toISOString(), most: MAX_SAID_PER_HOUR }
    const answers = answersOf(said, before, log.at)
    await store.requesters.say({ log, bound, ...answers, ...(Object.keys(changes).length === 0 ? {} : { change }) })
  }
}

/** Whether a form came from a page of this session. */
export function isFormToken(secret: string, given: string): boolean {
  const [wanted, got] = [Buffer.from(formToken(secret)), Buffer.from(given)]
  return wanted.length === got.length && timingSafeEqual(wanted, got)
}

function formToken(secret: string): string {
  return createHmac('sha256', secret).update('form').digest('base64url')
}

/** Whether a question takes an answer now; a closed ticket takes feedback only (SPEC P15). */
function isStanding({ state, ask }: StoredAsk, ticket: Ticket, nowMs: number): boolean {
  return state === 'open' && !isAskOver(ask, nowMs) && (ticket.state !== 'closed' || ask.kind === 'feedback')
}
