import type { TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { DeskLoad, WatchedTicket } from '../clock-entities.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'

/** States in which the desk, or the person it waits for, is to move. */
const GOING_ON = ['new', 'open', 'waiting']
/** States in which the desk is to move. */
const MOVING = ['new', 'open']

/** @see ClockStore.due */
export async function dueTickets(context: SqlContext, limit: number): Promise<WatchedTicket[]> {
  const rows = await watched(context)
    .innerJoin('ticket_clocks', 'ticket_clocks.ticket_id', 'tickets.id')
    .where('ticket_clocks.due_at', 'is not', null)
    .where('tickets.state', 'in', GOING_ON)
    .orderBy('ticket_clocks.due_at')
    .orderBy('tickets.id')
    .limit(boundedLimit(limit))
    .execute()
  return rows.map(toWatched)
}

/** @see ClockStore.quietSince */
export async function quietTickets(context: SqlContext, before: string, limit: number): Promise<WatchedTicket[]> {
  const rows = await watched(context)
    .where('log_entries.at', '<', before)
    .where('tickets.state', 'in', MOVING)
    .orderBy('log_entries.at')
    .orderBy('tickets.id')
    .limit(boundedLimit(limit))
    .execute()
  return rows.map(toWatched)
}

/** @see ClockStore.load */
export async function deskLoad({ db }: SqlContext): Promise<DeskLoad[]> {
  const rows = await db
    .selectFrom('tickets')
    .leftJoin('users', 'users.public_id', 'tickets.assignee_id')
    .select(['tickets.assignee_id', 'users.name', 'tickets.level'])
    .select((eb) => eb.fn.countAll().as('tickets'))
    .where('tickets.state', 'in', GOING_ON)
    .groupBy(['tickets.assignee_id', 'users.name', 'tickets.level'])
    .execute()
  return rows.map((row) => ({
    // Written by a change that named an account.
    userId: row.assignee_id as UserId | null,
    name: row.name,
    level: row.level,
    tickets: Number(row.tickets),
  }))
}

/** Tickets with the last entry of their logs and the name of who has them. */
function watched({ db }: SqlContext) {
  return db
    .selectFrom('tickets')
    .innerJoin('log_entries', (join) =>
      join.onRef('log_entries.ticket_id', '=', 'tickets.id').onRef('log_entries.seq', '=', 'tickets.log_size'),
    )
    .leftJoin('users', 'users.public_id', 'tickets.assignee_id')
    .select(['tickets.public_id', 'tickets.number', 'tickets.title', 'tickets.state', 'tickets.priority'])
    .select(['tickets.level', 'users.name as assignee', 'log_entries.at as last_entry'])
}

interface WatchedRow {
  readonly public_id: string
  readonly number: number
  readonly title: string
  readonly state: string
  readonly priority: number
  readonly level: number
  readonly assignee: string | null
  readonly last_entry: string
}

function toWatched(row: WatchedRow): WatchedTicket {
  const { number, title, priority, level } = row
  return {
    // Every ticket's public id and state were written as such.
    id: row.public_id as TicketId,
    state: row.state as WatchedTicket['state'],
    ...{ number, title, priority, level },
    assigneeName: row.assignee,
    lastEntryAt: row.last_entry,
  }
}
