import { createHmac, timingSafeEqual } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor, LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { logDraft } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { oneLine } from '../one-line.ts'
import { changeOf } from '../people/ticket-answer.ts'
import type { Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { announceMessage, announceTicket, differences } from '../tickets/follow-up.ts'
import { hashOf, newSecret } from './requester-links.ts'

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

/** What somebody says by link. */
export type RequesterSaid =
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'answer'; readonly fixed: boolean; readonly text: string }

interface RequesterDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly mails: Pick<MailWriter, 'ofLink' | 'ofPersonsMove'>
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

  /** Uses a link: the secret of a session of its ticket; null when the link opens nothing (any more). */
  async exchange(token: string): Promise<{ readonly secret: string; readonly endsAt: string } | null> {
    const { store, clock } = this.#deps
    const secret = newSecret()
    const endsAt = new Date(clock.now() + SESSION_MS).toISOString()
    const session = { hash: hashOf(secret), now: isoNow(clock), endsAt }
    return (await store.requesters.openSession(hashOf(token), session)) === null ? null : { secret, endsAt }
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

  /**
   * Records a reply or an answer, with what it does to the ticket as it is at that very moment.
   *
   * @throws AskFirstError CONFLICT when the ticket is closed; RATE_LIMITED beyond 30 an hour
   */
  async say({ ticket: { id } }: Requester, said: RequesterSaid): Promise<void> {
    const { store, bus, afterChange } = this.#deps
    for (let left = MAX_TRIES; ; left -= 1) {
      const before = await store.tickets.get(id)
      if (before === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
      if (before.state === 'closed') throw new AskFirstError('CONFLICT', `Ticket ${id} is closed.`)
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

  async #record(before: Ticket, said: RequesterSaid): Promise<void> {
    const { store, clock, mails } = this.#deps
    const actor = actorOf(before)
    const columns = changeOf(asStated(said), before)
    const changes = differences(before, columns)
    const ticketId = before.id
    const log = logDraft(clock, { ticketId, actor, ...entryOf(said) })
    const told = { mails: await mails.ofPersonsMove(before, columns) }
    const changed = logDraft(clock, { ticketId, actor, kind: 'ticket.changed', body: { changes }, ...told })
    const change = { version: before.version, columns: { ...columns, updatedAt: log.at }, log: changed }
    const bound = { since: new Date(clock.now() - HOUR_MS).toISOString(), most: MAX_SAID_PER_HOUR }
    await store.requesters.say({ log, bound, ...(Object.keys(changes).length === 0 ? {} : { change }) })
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

/** The name is the ticket's; that a link was used, and no device signed, stands beside it. */
function actorOf({ requesterName }: Ticket): Actor {
  return { kind: 'system', id: 'requester-link', name: `${oneLine(requesterName, 200)} (by link)` }
}

function entryOf(said: RequesterSaid): { readonly kind: LogEntry['kind']; readonly body: LogEntry['body'] } {
  if (said.kind === 'reply') return { kind: 'requester.wrote', body: { text: said.text } }
  const text = said.text === '' ? {} : { text: said.text }
  return { kind: 'requester.answered', body: { fixed: said.fixed, ...text } }
}

/** The same words as a device would state them, for what they do to the ticket (SPEC P9). */
function asStated(said: RequesterSaid): StatementRecord['said'] {
  return said.kind === 'reply' ? { ...said, attachments: [] } : { kind: 'answer', fixed: said.fixed }
}
