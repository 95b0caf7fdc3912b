import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor, LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { isoNow, newId } from '../clock.ts'
import type { By } from '../offers/assigning.ts'
import { assigning } from '../offers/assigning.ts'
import { readSettings } from '../settings/settings-service.ts'
import type {
  LogDraft,
  Page,
  PageRequest,
  Ticket,
  TicketActivity,
  TicketOrder,
  TicketState,
} from '../store/entities.ts'
import type { TagCount } from '../store/ticket-entities.ts'
import { actorOf } from '../users/caller.ts'
import type { ChangingDeps } from './changing.ts'
import { checkDevices, found, ticketToChange, writeChange } from './changing.ts'
import type { TicketChange } from './follow-up.ts'
import { announceMessage, announceTicket } from './follow-up.ts'
import type { NewTicket } from './new-ticket.ts'
import { newTicket } from './new-ticket.ts'

export interface TicketFilter extends PageRequest {
  readonly states?: readonly TicketState[]
  /** Null: those that nobody has. */
  readonly assigneeId?: UserId | null
  readonly priorities?: readonly number[]
  readonly levels?: readonly number[]
  readonly deviceId?: DeviceId
  readonly tag?: string
  readonly q?: string
  readonly order?: TicketOrder
}

/** A ticket as the queue shows it. */
export interface QueuedTicket {
  readonly ticket: Ticket
  /** Null when the ticket went between two reads. */
  readonly activity: TicketActivity | null
}

export type TicketService = ReturnType<typeof createTicketService>

/** Tickets and the notes in their findings logs. */
export function createTicketService(dependencies: ChangingDeps) {
  const { store, clock, bus, mails } = dependencies

  function draft(ticketId: TicketId, kind: LogKind, entry: Pick<LogDraft, 'actor' | 'body' | 'mails'>): LogDraft {
    return { ticketId, at: isoNow(clock), kind, ...entry }
  }

  async function get(id: TicketId): Promise<Ticket> {
    return found(await store.tickets.get(id), id)
  }

  return {
    /** @throws AskFirstError NOT_FOUND */
    get,

    /** A page of the queue, with what goes on at each ticket now. */
    async list(filter: TicketFilter): Promise<Page<QueuedTicket>> {
      const { items, next } = await store.tickets.list(filter)
      const ids = items.map(({ id }) => id)
      const activities = new Map(
        (await store.tickets.activity(ids, isoNow(clock))).map((activity) => [activity.ticketId, activity]),
      )
      return { items: items.map((ticket) => ({ ticket, activity: activities.get(ticket.id) ?? null })), next }
    },

    /** Opens a ticket. @throws AskFirstError INVALID_REQUEST when a device is unknown */
    async open(wish: NewTicket, actor: Actor): Promise<Ticket> {
      await checkDevices(store, wish.deviceIds)
      const at = isoNow(clock)
      const id = newId('tkt', clock)
      const { ticket, body } = newTicket(wish, { id, at, matrix: (await readSettings(store)).priorityMatrix })
      const opened = await store.tickets.create(
        ticket,
        draft(id, 'ticket.opened', { actor, body, mails: await mails.ofOpened(ticket) }),
      )
      announceTicket(bus, id)
      return opened
    },

    /**
     * Changes a ticket as seen at `version`, on the server's own account. Handing it over ends grants that were given before.
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT when somebody changed it meanwhile or the state cannot be reached;
     *   INVALID_REQUEST when the assignee or a device is not one, or an override says what the matrix says
     */
    async change(
      id: TicketId,
      wish: { readonly version: number; readonly change: TicketChange },
      actor: Actor,
    ): Promise<Ticket> {
      const before = await ticketToChange(store, id, wish)
      return writeChange(dependencies, before, { change: wish.change, actor, more: {} })
    },

    /**
     * Changes a ticket as somebody of the desk, who needs others' word, or to be a lead and to say why, for what touches them
     * (SPEC T61 to T65).
     *
     * @throws AskFirstError as `change`; NOT_ALLOWED when the ticket is somebody else's, is to go to somebody who was not
     *   asked, or is above the level of who takes it
     */
    async changeAs(
      id: TicketId,
      wish: { readonly version: number; readonly change: TicketChange; readonly assignReason?: string },
      by: By,
    ): Promise<Ticket> {
      const before = await ticketToChange(store, id, wish)
      const { change, assignReason: reason } = wish
      const more = await assigning({ store, clock }, before, { ...change, reason }, by)
      return writeChange(dependencies, before, { change, actor: actorOf(by.user), more })
    },

    /** Tags of tickets that begin so, the most used first. */
    tags: (prefix: string, limit: number): Promise<readonly TagCount[]> =>
      store.tickets.tags(prefix.normalize('NFC').toLowerCase(), limit),

    /** Entries of the ticket's findings log after a position, oldest first. @throws AskFirstError NOT_FOUND */
    async log(id: TicketId, afterSeq: number, limit: number): Promise<readonly LogEntry[]> {
      await get(id)
      return store.log.read(id, afterSeq, limit)
    },

    /** Appends a note that people wrote. @throws AskFirstError NOT_FOUND */
    async note(id: TicketId, text: string, actor: Actor): Promise<LogEntry> {
      await get(id)
      const entry = await store.log.append(draft(id, 'note.added', { actor, body: { text } }))
      bus.publish({ topic: `ticket/${id}`, kind: 'log', id, seq: entry.seq })
      return entry
    },

    /**
     * Appends a message from the desk to the person; devices of the ticket fetch it.
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT when the ticket is closed
     */
    async message(id: TicketId, text: string, actor: Actor): Promise<LogEntry> {
      const ticket = await get(id)
      if (ticket.state === 'closed')
        throw new AskFirstError('CONFLICT', `Ticket ${id} is closed; nobody reads messages of it.`)
      const entry = await store.log.append(
        draft(id, 'message.sent', { actor, body: { text }, mails: await mails.ofMessage(ticket, text, actor.name) }),
      )
      announceMessage(bus, id)
      return entry
    },
  }
}
