import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { LogDraft, Page, Ticket } from '../entities.ts'
import type { TicketStore } from '../store.ts'
import { deviceKey } from './devices.ts'
import { likePatterns } from './like.ts'
import { appendLog } from './log.ts'
import { boundedLimit, cursorKey, pageOf } from './page.ts'
import { EMPTY_HEAD } from './seal.ts'
import { foldText } from './search-words.ts'
import type { SqlContext, Tables } from './tables.ts'

type NewTicket = Parameters<TicketStore['create']>[0]
type TicketPage = Parameters<TicketStore['list']>[0]
type TicketChange = Parameters<TicketStore['change']>[2]
type TicketRow = Selectable<Tables['tickets']>

/** Tickets in SQL; lists give the newest first. */
export function ticketStore(context: SqlContext): TicketStore {
  return {
    create: (ticket, log) => createTicket(context, ticket, log),
    get: (id) => getTicket(context, id),
    list: (page) => listTickets(context, page),
    change: (id, version, change, log) => changeTicket(context, { id, version, change, log }),
  }
}

/**
 * The integer key of a ticket.
 *
 * @throws AskFirstError NOT_FOUND when there is no such ticket
 */
export async function ticketKey({ db }: SqlContext, id: TicketId): Promise<number> {
  const row = await db.selectFrom('tickets').select('id').where('public_id', '=', id).executeTakeFirst()
  if (row === undefined) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}`, { details: { ticketId: id } })
  return row.id
}

async function createTicket(context: SqlContext, input: NewTicket, log: LogDraft): Promise<Ticket> {
  const { db } = context
  await context.flavour.lock(db, 'ticketNumber')
  const highest = await db
    .selectFrom('tickets')
    .select((eb) => eb.fn.max('number').as('number'))
    .executeTakeFirst()
  const ticket: Ticket = { ...input, number: (highest?.number ?? 0) + 1, version: 1 }
  const row = await db
    .insertInto('tickets')
    .values({
      ...ticketColumns(ticket),
      public_id: ticket.id,
      number: ticket.number,
      requester_name: ticket.requesterName,
      requester_email: ticket.requesterEmail,
      opened_by: ticket.openedBy,
      created_at: ticket.createdAt,
      log_size: EMPTY_HEAD.size,
      log_head: EMPTY_HEAD.headHash,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await putDevices(context, row.id, ticket.deviceIds)
  await appendLog(context, log)
  return ticket
}

function ticketColumns(ticket: Ticket) {
  return {
    title: ticket.title,
    description: ticket.description,
    state: ticket.state,
    impact: ticket.impact,
    urgency: ticket.urgency,
    priority: ticket.priority,
    level: ticket.level,
    assignee_id: ticket.assigneeId,
    updated_at: ticket.updatedAt,
    version: ticket.version,
    search: foldText(
      `${ticket.number} ${ticket.title} ${ticket.requesterName} ${ticket.requesterEmail ?? ''} ${ticket.description} ${ticket.id}`,
    ),
  }
}

async function putDevices(context: SqlContext, key: number, deviceIds: readonly DeviceId[]): Promise<void> {
  await context.db.deleteFrom('ticket_devices').where('ticket_id', '=', key).execute()
  for (const [position, deviceId] of deviceIds.entries()) {
    const values = { ticket_id: key, position, device_id: await deviceKey(context, deviceId) }
    await context.db.insertInto('ticket_devices').values(values).execute()
  }
}

async function getTicket(context: SqlContext, id: TicketId): Promise<Ticket | null> {
  const row = await context.db.selectFrom('tickets').selectAll().where('public_id', '=', id).executeTakeFirst()
  if (row === undefined) return null
  const devices = await devicesOf(context, [row.id])
  return toTicket(row, devices.get(row.id) ?? [])
}

async function listTickets(context: SqlContext, page: TicketPage): Promise<Page<Ticket>> {
  const limit = boundedLimit(page.limit)
  const key = cursorKey(page)
  const { states, assigneeId, deviceId } = page
  let query = context.db.selectFrom('tickets').selectAll()
  if (key !== null) query = query.where('id', '<', key)
  if (states !== undefined) query = query.where('state', 'in', states.length > 0 ? states : ['none'])
  if (assigneeId !== undefined) query = query.where('assignee_id', '=', assigneeId)
  if (deviceId !== undefined) query = query.where('id', 'in', ticketsOfDevice(context, deviceId))
  for (const pattern of likePatterns(page.q)) query = query.where('search', 'like', pattern)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const devices = await devicesOf(
    context,
    rows.map(({ id }) => id),
  )
  return pageOf(rows, limit, (row) => toTicket(row, devices.get(row.id) ?? []))
}

function ticketsOfDevice({ db }: SqlContext, deviceId: DeviceId) {
  return db
    .selectFrom('ticket_devices')
    .innerJoin('devices', 'devices.id', 'ticket_devices.device_id')
    .select('ticket_devices.ticket_id')
    .where('devices.public_id', '=', deviceId)
}

async function devicesOf({ db }: SqlContext, keys: readonly number[]): Promise<ReadonlyMap<number, DeviceId[]>> {
  const devices = new Map<number, DeviceId[]>()
  if (keys.length === 0) return devices
  const rows = await db
    .selectFrom('ticket_devices')
    .innerJoin('devices', 'devices.id', 'ticket_devices.device_id')
    .select(['ticket_devices.ticket_id', 'devices.public_id'])
    .where('ticket_devices.ticket_id', 'in', keys)
    .orderBy('ticket_devices.position')
    .execute()
  for (const row of rows) {
    const list = devices.get(row.ticket_id) ?? []
    // Written from a typed record.
    list.push(row.public_id as DeviceId)
    devices.set(row.ticket_id, list)
  }
  return devices
}

async function changeTicket(
  context: SqlContext,
  input: { id: TicketId; version: number; change: TicketChange; log: LogDraft },
): Promise<Ticket | null> {
  const current = await getTicket(context, input.id)
  if (current === null) return null
  const changed: Ticket = { ...current, ...input.change, version: input.version + 1 }
  const row = await context.db
    .updateTable('tickets')
    .set(ticketColumns(changed))
    .where('public_id', '=', input.id)
    .where('version', '=', input.version)
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) {
    throw new AskFirstError('CONFLICT', `Ticket ${input.id} is not at version ${input.version} any more`, {
      details: { version: current.version },
    })
  }
  if (input.change.deviceIds !== undefined) await putDevices(context, row.id, input.change.deviceIds)
  await appendLog(context, input.log)
  return changed
}

function toTicket(row: TicketRow, deviceIds: readonly DeviceId[]): Ticket {
  return {
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as TicketId,
    openedBy: row.opened_by as Ticket['openedBy'],
    state: row.state as Ticket['state'],
    impact: row.impact as Ticket['impact'],
    urgency: row.urgency as Ticket['urgency'],
    assigneeId: row.assignee_id as UserId | null,
    number: row.number,
    title: row.title,
    description: row.description,
    requesterName: row.requester_name,
    requesterEmail: row.requester_email,
    deviceIds,
    priority: row.priority,
    level: row.level,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}
