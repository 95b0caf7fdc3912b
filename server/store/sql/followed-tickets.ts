import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { FollowedTicket } from '../person-entities.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'
import type { TicketRow } from './ticket-rows.ts'
import { devicesOf, toTicket } from './ticket-rows.ts'

/** A ticket as its person follows it. */
export async function followedTicket(context: SqlContext, id: TicketId): Promise<FollowedTicket | null> {
  const rows = await selectFollowed(context).where('tickets.public_id', '=', id).execute()
  return (await toFollowed(context, rows))[0] ?? null
}

/** What the person of a device that connects hears of, the last change first. */
export async function ticketsFollowedBy(
  context: SqlContext,
  of: { readonly deviceId: DeviceId; readonly changedSince: string; readonly limit: number },
): Promise<readonly FollowedTicket[]> {
  const rows = await selectFollowed(context)
    .innerJoin('ticket_devices', 'ticket_devices.ticket_id', 'tickets.id')
    .innerJoin('devices', 'devices.id', 'ticket_devices.device_id')
    .where('devices.public_id', '=', of.deviceId)
    .where((eb) => eb.or([eb('tickets.state', '!=', 'closed'), eb('tickets.updated_at', '>=', of.changedSince)]))
    .orderBy('tickets.updated_at', 'desc')
    .orderBy('tickets.id', 'desc')
    .limit(boundedLimit(of.limit))
    .execute()
  return await toFollowed(context, rows)
}

function selectFollowed({ db }: SqlContext) {
  return db
    .selectFrom('tickets')
    .leftJoin('users', 'users.public_id', 'tickets.assignee_id')
    .selectAll('tickets')
    .select('users.name as assignee_name')
}

async function toFollowed(context: SqlContext, rows: readonly (TicketRow & { assignee_name: string | null })[]) {
  const keys = rows.map(({ id }) => id)
  const devices = await devicesOf(context, keys)
  return rows.map((row) => ({
    ticket: toTicket(row, devices.get(row.id) ?? []),
    assigneeName: row.assignee_name,
    lastMessage: row.last_message,
  }))
}
