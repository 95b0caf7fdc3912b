import type { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { knownLanguage } from '@askfirst/protocol/notice/languages.ts'
import type { Selectable } from 'kysely'
import type { Ticket } from '../entities.ts'
import type { PriorityOverride, PriorityReason } from '../priority-entities.ts'
import type { TicketFlow } from '../ticket-entities.ts'
import type { SqlContext, Tables } from './tables.ts'

export type TicketRow = Selectable<Tables['tickets']>

/** Devices of tickets by the tickets' keys, in the order in which the desk put them. */
export async function devicesOf({ db }: SqlContext, keys: readonly number[]): Promise<ReadonlyMap<number, DeviceId[]>> {
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

export function toTicket(row: TicketRow, deviceIds: readonly DeviceId[]): Ticket {
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
    priorityReason: { byMatrix: row.matrix_priority, override: toOverride(row) },
    level: row.level,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
    confirmed: row.confirmed === null ? null : row.confirmed === 1,
    waitingFor: row.waiting_for as Ticket['waitingFor'],
    closedAs: row.closed_as as Ticket['closedAs'],
    closedReason: row.closed_reason,
    closedAt: row.closed_at,
    reopened: row.reopened,
    tags: row.tags === '' ? [] : row.tags.split(' '),
    contacts: JSON.parse(row.contacts),
    requesterLanguage: knownLanguage(row.requester_language ?? ''),
    heardLanguage: knownLanguage(row.heard_language ?? ''),
  }
}

function toOverride(row: TicketRow): PriorityOverride | null {
  const { override_reason: reason, override_by: userId, override_by_name: userName, override_at: at } = row
  return reason === null || userId === null || userName === null || at === null
    ? null
    : { reason, userId, userName, at }
}

/** The columns that say where a ticket is in its procedure; what was heard has a writer of its own. */
export function flowColumns(flow: TicketFlow) {
  return {
    waiting_for: flow.waitingFor,
    closed_as: flow.closedAs,
    closed_reason: flow.closedReason,
    closed_at: flow.closedAt,
    reopened: flow.reopened,
    tags: flow.tags.join(' '),
    contacts: JSON.stringify(flow.contacts),
    requester_language: flow.requesterLanguage,
  }
}

/** The columns that say why a ticket has its priority. */
export function reasonColumns({ byMatrix, override }: PriorityReason) {
  return {
    matrix_priority: byMatrix,
    override_reason: override?.reason ?? null,
    override_by: override?.userId ?? null,
    override_by_name: override?.userName ?? null,
    override_at: override?.at ?? null,
  }
}
