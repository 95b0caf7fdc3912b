import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor, LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
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
import type { Store } from '../store/store.ts'
import { ROLE_PERMISSIONS } from '../users/permissions.ts'
import type { TicketChange } from './follow-up.ts'
import { announceMessage, announceTicket, differences, wholeChange } from './follow-up.ts'
import type { NewTicket } from './new-ticket.ts'
import { newTicket } from './new-ticket.ts'
import { priorityChange } from './priority-change.ts'
import { mayMove } from './state-moves.ts'

export interface TicketFilter extends PageRequest {
  readonly states?: readonly TicketState[]
  /** Null: those that nobody has. */
  readonly assigneeId?: UserId | null
  readonly priorities?: readonly number[]
  readonly levels?: readonly number[]
  readonly deviceId?: DeviceId
  readonly q?: string
  readonly order?: TicketOrder
}

/** A ticket as the queue shows it. */
export interface QueuedTicket {
  readonly ticket: Ticket
  /** Null when the ticket went between two reads. */
  readonly activity: TicketActivity | null
}

interface TicketDependencies {
  readonly store: Pick<Store, 'tickets' | 'log' | 'devices' | 'users' | 'settings'>
  readonly clock: Clock
  readonly bus: Bus
  /** Writes the mails that tell the person of it. */
  readonly mails: Pick<MailWriter, 'ofMessage' | 'ofOpened' | 'ofChange'>
  /** Ends what the ticket as it is now no longer allows: consent is not inherited, and a closed ticket has none. */
  readonly afterChange: (ticketId: TicketId) => Promise<void>
}

export type TicketService = ReturnType<typeof createTicketService>

/** Tickets and the notes in their findings logs. */
export function createTicketService(dependencies: TicketDependencies) {
  const { store, clock, bus, mails, afterChange } = dependencies

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
     * Changes a ticket as seen at `version`. Closing or handing it over ends grants that were given before.
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT when somebody changed it meanwhile or the state cannot be reached;
     *   INVALID_REQUEST when the assignee or a device is not one, or an override says what the matrix says
     */
    async change(
      id: TicketId,
      wish: { readonly version: number; readonly change: TicketChange },
      actor: Actor,
    ): Promise<Ticket> {
      const before = await get(id)
      await checkChange(store, before, wish.change)
      const { override: _override, ...fields } = wish.change
      const { priorityMatrix: matrix } = await readSettings(store)
      const priority = priorityChange(before, wish.change, { matrix, actor, at: isoNow(clock) })
      const columns = wholeChange(before, { ...fields, ...priority })
      const body = { changes: differences(before, columns) }
      const log = draft(id, 'ticket.changed', { actor, body, mails: await mails.ofChange(before, columns) })
      const after = found(await store.tickets.change(id, wish.version, { ...columns, updatedAt: log.at }, log), id)
      await afterChange(id)
      announceTicket(bus, id)
      return after
    },

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

function found(ticket: Ticket | null, id: TicketId): Ticket {
  if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
  return ticket
}

async function checkChange(store: TicketDependencies['store'], before: Ticket, change: TicketChange): Promise<void> {
  if (before.state === 'closed') throw new AskFirstError('CONFLICT', `Ticket ${before.id} is closed; open a new one.`)
  if (change.state !== undefined && !mayMove(before.state, change.state)) {
    throw new AskFirstError('CONFLICT', `A ticket cannot go from ${before.state} to ${change.state}.`)
  }
  if (change.deviceIds !== undefined) await checkDevices(store, change.deviceIds)
  if (change.assigneeId !== undefined && change.assigneeId !== null) await checkAssignee(store, change.assigneeId)
}

async function checkAssignee(store: Pick<Store, 'users'>, id: UserId): Promise<void> {
  const user = await store.users.get(id)
  if (user === null || user.disabled || !ROLE_PERMISSIONS[user.role].has('ticket.work')) {
    throw new AskFirstError('INVALID_REQUEST', `User ${id} cannot take tickets.`, { details: { field: 'assigneeId' } })
  }
}

async function checkDevices(store: Pick<Store, 'devices'>, ids: readonly DeviceId[]): Promise<void> {
  for (const id of ids) {
    const device = await store.devices.get(id)
    if (device === null)
      throw new AskFirstError('INVALID_REQUEST', `There is no device ${id}.`, { details: { field: 'deviceIds' } })
  }
}
