import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { Expression, ExpressionBuilder, SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Page, Ticket, TicketOrder } from '../entities.ts'
import type { TicketStore } from '../store.ts'
import { likePatterns } from './like.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext, Tables } from './tables.ts'
import type { TicketRow } from './ticket-rows.ts'
import { devicesOf, toTicket } from './ticket-rows.ts'

type TicketPage = Parameters<TicketStore['list']>[0]
type Query = SelectQueryBuilder<Tables, 'tickets', TicketRow>
/** `due` is worked out of the ticket's clock, and read in its own order only. */
type ListedRow = TicketRow & { readonly due?: string }
type Column = 'id' | 'updated_at' | 'priority' | 'due'

/** What an order looks at first, and its direction; the key, in the same direction, makes every order total. */
const ORDERS: Readonly<Record<TicketOrder, { readonly column: Column; readonly by: By }>> = {
  newest: { column: 'id', by: 'desc' },
  oldest: { column: 'id', by: 'asc' },
  updated: { column: 'updated_at', by: 'desc' },
  priority: { column: 'priority', by: 'asc' },
  due: { column: 'due', by: 'asc' },
}
/** When the first time of a ticket is over that runs; where none does, after all others. */
const DUE = sql<string>`coalesce((select c.due_at from ticket_clocks c where c.ticket_id = tickets.id), '9999-12-31T23:59:59.999Z')`
type By = 'asc' | 'desc'

/** Where a page ended. */
interface Place {
  readonly value: string | number
  readonly key: number
}

/** A page of tickets by filter, in the order that is asked for. */
export async function listTickets(context: SqlContext, page: TicketPage): Promise<Page<Ticket>> {
  const limit = boundedLimit(page.limit)
  const order = page.order ?? 'newest'
  const { column, by } = ORDERS[order]
  let query = filtered(context, page)
  const place = placeOf(page.after, order)
  if (place !== null) query = query.where((eb) => isAfter(eb, order, place))
  query = query.orderBy((eb) => first(eb, column), by)
  if (column !== 'id') query = query.orderBy('id', by)
  const listed = query.$if(column === 'due', (one) => one.select(DUE.as('due')))
  const rows: readonly ListedRow[] = await listed.limit(limit + 1).execute()
  const shown = rows.slice(0, limit)
  const keys = shown.map(({ id }) => id)
  const devices = await devicesOf(context, keys)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => toTicket(row, devices.get(row.id) ?? [])),
    next: rows.length > limit && last !== undefined ? cursorOf(last, order) : null,
  }
}

function filtered(context: SqlContext, page: TicketPage): Query {
  const { states, assigneeId, deviceId, priorities, levels, tag, q } = page
  let query = context.db.selectFrom('tickets').selectAll()
  if (states !== undefined) query = query.where('state', 'in', states.length > 0 ? states : ['none'])
  if (assigneeId === null) query = query.where('assignee_id', 'is', null)
  else if (assigneeId !== undefined) query = query.where('assignee_id', '=', assigneeId)
  if (priorities !== undefined) query = query.where('priority', 'in', priorities.length > 0 ? priorities : [0])
  if (levels !== undefined) query = query.where('level', 'in', levels.length > 0 ? levels : [0])
  if (deviceId !== undefined) query = query.where('id', 'in', ticketsOfDevice(context, deviceId))
  if (tag !== undefined) query = query.where('id', 'in', ticketsWithTag(context, tag))
  for (const pattern of likePatterns(q)) query = query.where('search', 'like', pattern)
  return query
}

function ticketsOfDevice({ db }: SqlContext, deviceId: DeviceId) {
  return db
    .selectFrom('ticket_devices')
    .innerJoin('devices', 'devices.id', 'ticket_devices.device_id')
    .select('ticket_devices.ticket_id')
    .where('devices.public_id', '=', deviceId)
}

function ticketsWithTag({ db }: SqlContext, tag: string) {
  return db.selectFrom('ticket_tags').select('ticket_id').where('tag', '=', tag)
}

function isAfter(eb: ExpressionBuilder<Tables, 'tickets'>, order: TicketOrder, { value, key }: Place) {
  const { column, by } = ORDERS[order]
  const beyond = by === 'asc' ? '>' : '<'
  if (column === 'id') return eb('id', beyond, key)
  const it = first(eb, column)
  return eb.or([eb(it, beyond, value), eb.and([eb(it, '=', value), eb('id', beyond, key)])])
}

function first(eb: ExpressionBuilder<Tables, 'tickets'>, column: Column): Expression<string | number> {
  return column === 'due' ? DUE : eb.ref(column)
}

/** The cursor names its order, so that one of another order is refused instead of skipping tickets. */
function cursorOf(row: ListedRow, order: TicketOrder): string {
  const { column } = ORDERS[order]
  const text = column === 'id' ? `${order === 'newest' ? 'k' : 'o'}${row.id}` : `${order} ${row[column]} ${row.id}`
  return Buffer.from(text).toString('base64url')
}

const CURSORS: Readonly<Record<TicketOrder, RegExp>> = {
  newest: /^k(\d{1,15})$/,
  oldest: /^o(\d{1,15})$/,
  updated: /^updated (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\d{1,15})$/,
  priority: /^priority ([1-5]) (\d{1,15})$/,
  due: /^due (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\d{1,15})$/,
}

function placeOf(after: string | undefined, order: TicketOrder): Place | null {
  if (after === undefined) return null
  const match = CURSORS[order].exec(Buffer.from(after.slice(0, 96), 'base64url').toString('latin1'))
  const value = match?.[1]
  if (match === null || value === undefined)
    throw new AskFirstError('INVALID_REQUEST', 'The cursor is not one that this server gave for this order', {
      details: { field: 'after' },
    })
  return { value: order === 'priority' ? Number(value) : value, key: Number(match.at(-1)) }
}
