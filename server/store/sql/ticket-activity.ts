import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { Severity } from '@askfirst/protocol/finding.ts'
import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { TicketActivity } from '../entities.ts'
import type { SqlContext } from './tables.ts'

/** Tickets of one call at most; a page of a list has no more. */
const MAX_TICKETS = 500
const OPEN_REQUESTS = ['asked', 'received', 'shown'] as const
/** Worst first; how findings sort wherever people see them. */
const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'information']

type Waiting = NonNullable<TicketActivity['asked']>

/** What is going on at tickets, for one page of the queue: a few reads in all, however many tickets it shows. */
export async function ticketActivity(
  context: SqlContext,
  ids: readonly TicketId[],
  now: string,
): Promise<readonly TicketActivity[]> {
  if (ids.length === 0) return []
  const tickets = await context.db
    .selectFrom('tickets')
    .leftJoin('users', 'users.public_id', 'tickets.assignee_id')
    .select(['tickets.id', 'tickets.public_id', 'users.name as assignee_name'])
    .where('tickets.public_id', 'in', ids.slice(0, MAX_TICKETS))
    .execute()
  const keys = tickets.map(({ id }) => id)
  const devices = await devicesOf(context, keys)
  const requests = await requestsOf(context, keys, now)
  const runs = await openRunsOf(context, keys)
  const appointments = await nextAppointments(context, keys, now)
  const findings = await findingsOf(context, keys)
  return tickets.map((ticket) => ({
    // Written from a typed record.
    ticketId: ticket.public_id as TicketId,
    assigneeName: ticket.assignee_name,
    devices: devices.get(ticket.id) ?? [],
    asked: requests.get(ticket.id)?.asked ?? null,
    allowedUntil: requests.get(ticket.id)?.allowedUntil ?? null,
    openRuns: runs.get(ticket.id) ?? 0,
    appointment: appointments.get(ticket.id) ?? null,
    findings: findings.get(ticket.id) ?? { open: 0, confirmed: 0, worst: null },
  }))
}

async function devicesOf({ db }: SqlContext, keys: readonly number[]) {
  const found = new Map<number, { id: DeviceId; name: string }[]>()
  const rows = await db
    .selectFrom('ticket_devices')
    .innerJoin('devices', 'devices.id', 'ticket_devices.device_id')
    .select(['ticket_devices.ticket_id', 'devices.public_id', 'devices.name'])
    .where('ticket_devices.ticket_id', 'in', keys)
    .orderBy('ticket_devices.position')
    .execute()
  for (const { ticket_id, public_id, name } of rows) {
    const list = found.get(ticket_id) ?? []
    // Written from a typed record.
    list.push({ id: public_id as DeviceId, name })
    found.set(ticket_id, list)
  }
  return found
}

async function requestsOf({ db }: SqlContext, keys: readonly number[], now: string) {
  const found = new Map<number, { asked: Waiting | null; allowedUntil: string | null }>()
  // No answer comes after `answer_by`, and no grant lasts longer than the limit: what is older says nothing about now.
  const oldest = new Date(Date.parse(now) - LIMITS.maxGrantMs).toISOString()
  const rows = await db
    .selectFrom('consent_requests')
    .select(['ticket_id', 'state', 'answer_by', 'grant_json', 'grant_ended_at', 'window_until'])
    .where('ticket_id', 'in', keys)
    .where(({ eb, or }) => or([eb('answer_by', '>', oldest), eb('window_until', '>', now)]))
    .where('state', 'in', [...OPEN_REQUESTS, 'given'])
    .orderBy('id')
    .execute()
  for (const row of rows) {
    const entry = found.get(row.ticket_id) ?? { asked: null, allowedUntil: null }
    const until = allowedUntil(row, now)
    if (until !== null && until > (entry.allowedUntil ?? now)) entry.allowedUntil = until
    // Written from a typed record; the newest of several stands.
    if (row.state !== 'given' && row.answer_by > now)
      entry.asked = { state: row.state as Waiting['state'], answerBy: row.answer_by }
    found.set(row.ticket_id, entry)
  }
  return found
}

/** When a request's grant ends; null when there is none, it has ended, or it was given ahead and has not begun. */
function allowedUntil(
  row: { grant_json: string | null; grant_ended_at: string | null; window_until: string | null },
  now: string,
): string | null {
  if (row.grant_json === null || row.grant_ended_at !== null) return null
  // Written from a typed grant.
  const { validFrom, expiresAt } = JSON.parse(row.grant_json) as Pick<Grant, 'validFrom' | 'expiresAt'>
  return row.window_until !== null && validFrom > now ? null : expiresAt
}

async function openRunsOf({ db }: SqlContext, keys: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .selectFrom('runs')
    .select(({ fn }) => ['ticket_id', fn.countAll().as('count')])
    .where('ticket_id', 'in', keys)
    .where('ended_at', 'is', null)
    .groupBy('ticket_id')
    .execute()
  return new Map(rows.map(({ ticket_id, count }) => [ticket_id, Number(count)]))
}

/** The next agreed time of each ticket, or the one that is on. */
async function nextAppointments({ db }: SqlContext, keys: readonly number[], now: string) {
  const rows = await db
    .selectFrom('appointments')
    .select(['ticket_id', 'from_at', 'until_at'])
    .where('ticket_id', 'in', keys)
    .where('state', '=', 'agreed')
    .where('until_at', '>', now)
    .orderBy('from_at', 'desc')
    .execute()
  // The earliest comes last and stands.
  return new Map(rows.map(({ ticket_id, from_at, until_at }) => [ticket_id, { from: from_at, until: until_at }]))
}

async function findingsOf({ db }: SqlContext, keys: readonly number[]) {
  const found = new Map<number, { open: number; confirmed: number; worst: Severity | null }>()
  const rows = await db
    .selectFrom('findings')
    .select(({ fn }) => ['ticket_id', 'severity', 'state', fn.countAll().as('count')])
    .where('ticket_id', 'in', keys)
    .where('state', '!=', 'dismissed')
    .groupBy(['ticket_id', 'severity', 'state'])
    .execute()
  for (const row of rows) {
    const entry = found.get(row.ticket_id) ?? { open: 0, confirmed: 0, worst: null }
    if (row.state === 'confirmed') entry.confirmed += Number(row.count)
    else entry.open += Number(row.count)
    entry.worst = worse(entry.worst, row.severity)
    found.set(row.ticket_id, entry)
  }
  return found
}

function worse(one: Severity | null, other: string): Severity | null {
  return SEVERITIES.find((severity) => severity === one || severity === other) ?? null
}
