import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import { ChangedTickets } from '../bus/changed-tickets.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { AgentLink } from '../gateway/agent-link.ts'
import { oneLine } from '../one-line.ts'
import type { FollowedTicket } from '../store/person-entities.ts'
import type { Store } from '../store/store.ts'
import { toMessage } from './ticket-message.ts'

/** Protocol version from which on agents know of tickets. */
export const PERSON_VERSION = 3
/** Changes within this time share one message. */
const GATHER_MS = 100
const CHANGES: ReadonlySet<string> = new Set(['ticket', 'message', 'ask'])
/** A closed ticket is told of for so long after its last change. */
const CLOSED_FOR_MS = 30 * 86_400_000
const TICKETS_AT_CONNECT = 32
const MESSAGES_PER_PAGE = 16
/** Bytes of a page of messages, well below the frame limit (L1): a text may take six bytes a character in JSON. */
const MAX_PAGE_BYTES = 196_608
/** Log entries of one read. */
const ENTRIES_PER_READ = 32

export interface FollowerDeps {
  readonly store: Pick<Store, 'tickets' | 'log' | 'asks'>
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly link: AgentLink
}

/**
 * Tells people on their devices how their tickets stand and what the desk asks, and hands them its messages; nothing else of a
 * ticket leaves here (SPEC P7). It follows the bus, so whoever changes a ticket needs to know nothing of it.
 */
export class TicketFollowers {
  readonly #deps: FollowerDeps
  readonly #changed: ChangedTickets

  constructor(deps: FollowerDeps) {
    this.#deps = deps
    this.#changed = new ChangedTickets(deps.bus, { kinds: CHANGES, gatherMs: GATHER_MS }, (ticketId) =>
      this.#tell(ticketId),
    )
  }

  /** Tells a device that connected of its tickets. */
  async deliver(deviceId: DeviceId): Promise<void> {
    const { store, clock, link } = this.#deps
    const changedSince = new Date(clock.now() - CLOSED_FOR_MS).toISOString()
    const tickets = await store.tickets.followedBy(deviceId, changedSince, TICKETS_AT_CONNECT)
    for (const followed of tickets) link.send(deviceId, progressOf(followed))
    for (const asks of await this.#asksIn(tickets.map(({ ticket }) => ticket.id))) link.send(deviceId, asks)
  }

  /** Messages of a ticket after a position of its log; null when it is not one of the device's. */
  async messages(
    from: DeviceId,
    { ticketId, after }: { readonly ticketId: TicketId; readonly after: number },
  ): Promise<MessageNamed<'ticket.messages'> | null> {
    const { store } = this.#deps
    const ticket = await store.tickets.get(ticketId)
    if (ticket === null || !ticket.deviceIds.includes(from)) return null
    const messages: MessageNamed<'ticket.messages'>['messages'] = []
    let bytes = 0
    let position = after
    for (;;) {
      const entries = await store.log.conversation(ticketId, position, ENTRIES_PER_READ)
      for (const entry of entries) {
        const message = toMessage(entry)
        position = entry.seq
        if (message === null) continue
        bytes += Buffer.byteLength(JSON.stringify(message))
        if (messages.length === MESSAGES_PER_PAGE || bytes > MAX_PAGE_BYTES)
          return { type: 'ticket.messages', ticketId, messages, more: true }
        messages.push(message)
      }
      if (isLastRead(entries)) return { type: 'ticket.messages', ticketId, messages, more: false }
    }
  }

  /** Tells what is still waiting and stops. */
  close(): Promise<void> {
    return this.#changed.close()
  }

  async #tell(ticketId: TicketId): Promise<void> {
    const { store, link, log } = this.#deps
    try {
      const followed = await store.tickets.followed(ticketId)
      if (followed === null) return
      const told = [progressOf(followed), ...(await this.#asksIn([ticketId]))]
      for (const deviceId of followed.ticket.deviceIds)
        if (link.speaks(deviceId, PERSON_VERSION)) for (const message of told) link.send(deviceId, message)
    } catch (error) {
      log.error({ err: error, ticketId }, 'the progress of a ticket could not be told; the next change tries again')
    }
  }

  /** All that stands open, for tickets in which something was ever asked; a device may still show what is over. */
  async #asksIn(ticketIds: readonly TicketId[]): Promise<readonly MessageNamed<'ticket.asks'>[]> {
    const { store, clock } = this.#deps
    const open = await store.asks.openIn(ticketIds, isoNow(clock))
    return open.map(({ ticketId, asks }) => ({ type: 'ticket.asks', ticketId, asks: [...asks] }))
  }
}

function isLastRead(entries: readonly LogEntry[]): boolean {
  return entries.length < ENTRIES_PER_READ
}

function progressOf({ ticket, assigneeName, lastMessage }: FollowedTicket): MessageNamed<'ticket.progress'> {
  const { id, number, title, openedBy, state, createdAt, updatedAt, confirmed } = ticket
  return {
    type: 'ticket.progress',
    ticketId: id,
    number,
    title: oneLine(title, 200),
    openedBy,
    state,
    openedAt: createdAt,
    updatedAt,
    assignee: assigneeName === null ? null : { name: oneLine(assigneeName, 200) },
    fixed: confirmed,
    lastMessage,
  }
}
