import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft, Ticket, TicketState } from '../entities.ts'
import type { OfferEnd } from '../offer-store.ts'
import type { TicketStore } from '../store.ts'
import type { ChangeMore, TicketColumns } from '../ticket-store.ts'
import { deviceKey } from './devices.ts'
import { acceptOffer, endOffers, insertOffer } from './end-offers.ts'
import { followedTicket, ticketsFollowedBy } from './followed-tickets.ts'
import { appendLog } from './log.ts'
import { EMPTY_HEAD } from './seal.ts'
import { foldText } from './search-words.ts'
import { setTimer } from './set-timer.ts'
import type { SqlContext } from './tables.ts'
import { ticketActivity } from './ticket-activity.ts'
import { gradeCounts } from './ticket-grades.ts'
import { listTickets } from './ticket-list.ts'
import { devicesOf, flowColumns, reasonColumns, toTicket } from './ticket-rows.ts'
import { listTags, putTags } from './ticket-tags.ts'
import { putTicketWords } from './ticket-words.ts'

type NewTicket = Parameters<TicketStore['create']>[0]
type TicketChange = Omit<TicketColumns, 'state'> & {
  readonly state?: TicketState
}

/** Tickets in SQL, but for their closing, which reaches into requests and runs as well. */
export function ticketStore(context: SqlContext): Omit<TicketStore, 'close'> {
  return {
    create: (ticket, log) => createTicket(context, ticket, log),
    get: (id) => getTicket(context, 'public_id', id),
    byNumber: (number) => getTicket(context, 'number', number),
    gradeCounts: (states) => gradeCounts(context, states),
    activity: (ids, now) => ticketActivity(context, ids, now),
    list: (page) => listTickets(context, page),
    tags: (prefix, limit) => listTags(context, prefix, limit),
    change: (id, version, change, log, more) => changeTicket(context, { id, version, change, log }, more),
    followed: (id) => followedTicket(context, id),
    followedBy: (deviceId, changedSince, limit) => ticketsFollowedBy(context, { deviceId, changedSince, limit }),
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

/** Gives the next number; the log's first entry comes with it. */
export async function createTicket(context: SqlContext, input: NewTicket, log: LogDraft): Promise<Ticket> {
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
      heard_language: ticket.heardLanguage,
      heard_at: ticket.heardLanguage === null ? null : ticket.createdAt,
      opened_by: ticket.openedBy,
      created_at: ticket.createdAt,
      log_size: EMPTY_HEAD.size,
      log_head: EMPTY_HEAD.headHash,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await putDevices(context, row.id, ticket.deviceIds)
  await putTags(context, row.id, ticket.tags)
  await putTicketWords(context, row.id, ticket)
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
    ...reasonColumns(ticket.priorityReason),
    ...flowColumns(ticket),
    level: ticket.level,
    assignee_id: ticket.assigneeId,
    updated_at: ticket.updatedAt,
    confirmed: ticket.confirmed === null ? null : Number(ticket.confirmed),
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

async function getTicket(
  context: SqlContext,
  column: 'public_id' | 'number',
  value: string | number,
): Promise<Ticket | null> {
  const row = await context.db.selectFrom('tickets').selectAll().where(column, '=', value).executeTakeFirst()
  if (row === undefined) return null
  const devices = await devicesOf(context, [row.id])
  return toTicket(row, devices.get(row.id) ?? [])
}

/** @see TicketStore.change */
export async function changeTicket(
  context: SqlContext,
  input: { id: TicketId; version: number; change: TicketChange; log: LogDraft },
  { logs = [], timers = [], accepts, assigned }: ChangeMore = {},
): Promise<Ticket | null> {
  const current = await getTicket(context, 'public_id', input.id)
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
  if (changed.title !== current.title || changed.description !== current.description)
    await putTicketWords(context, row.id, changed)
  if (input.change.deviceIds !== undefined) await putDevices(context, row.id, input.change.deviceIds)
  if (input.change.tags !== undefined) await putTags(context, row.id, input.change.tags)
  await appendLog(context, input.log)
  const { at, actor } = input.log
  if (accepts !== undefined) await acceptOffer(context, accepts, { at, actor })
  const because = offersEnd(current, changed)
  if (because !== null) await endOffers(context, input.id, { because, at, actor })
  if (assigned !== undefined) await insertOffer(context, row.id, assigned)
  for (const log of logs) await appendLog(context, log)
  for (const timer of timers) await setTimer(context, timer)
  return changed
}

const OVER: readonly TicketState[] = ['resolved', 'closed']

/** Why offers of a ticket end with a change of it; null when they stay (SPEC T62). */
function offersEnd(before: Ticket, after: Ticket): OfferEnd | null {
  if (before.assigneeId !== after.assigneeId) return 'owner-changed'
  return OVER.includes(after.state) && before.state !== after.state ? 'over' : null
}
