import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId, ReportId, RequestId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { AuditDraft, LogDraft, Page, PageRequest } from '../entities.ts'
import type { NamedReport, Report } from '../report-entities.ts'
import type { ReportStore } from '../report-store.ts'
import { appendAudit } from './audit.ts'
import { deviceKey } from './devices.ts'
import { appendLog } from './log.ts'
import { boundedLimit, cursorKey, pageOf } from './page.ts'
import type { SqlContext, Tables } from './tables.ts'
import { ticketKey } from './tickets.ts'

type Clearing = Parameters<ReportStore['clear']>[1]

/** Reports of people in SQL. */
export function reportStore(context: SqlContext): ReportStore {
  return {
    record: (report, log, audit) => recordReport(context, report, log, audit),
    get: (id) => getReport(context, id),
    list: (page) => listReports(context, page),
    openAgainst: async (deviceId, technicianId) => {
      const row = await selectReports(context)
        .where('devices.public_id', '=', deviceId)
        .where('reports.technician_id', '=', technicianId)
        .where('reports.state', '=', 'open')
        .executeTakeFirst()
      return row === undefined ? null : toReport(row)
    },
    clear: (id, input) => clearReport(context, id, input),
    clearedOf: async (deviceId, limit) => {
      const query = selectReports(context)
        .where('devices.public_id', '=', deviceId)
        .where('reports.state', '=', 'cleared')
        .orderBy('reports.id', 'desc')
      return (await query.limit(boundedLimit(limit)).execute()).map(toReport)
    },
  }
}

function selectReports({ db }: SqlContext) {
  return db
    .selectFrom('reports')
    .innerJoin('tickets', 'tickets.id', 'reports.ticket_id')
    .innerJoin('devices', 'devices.id', 'reports.device_id')
    .selectAll('reports')
    .select([
      'tickets.public_id as ticket_public_id',
      'tickets.number as ticket_number',
      'tickets.title as ticket_title',
    ])
    .select(['devices.public_id as device_public_id', 'devices.name as device_name'])
}

async function recordReport(
  context: SqlContext,
  report: Report,
  log: LogDraft,
  audit: AuditDraft,
): Promise<'recorded' | 'known'> {
  const known = await selectReports(context)
    .where((eb) => eb.or([eb('reports.public_id', '=', report.id), eb('reports.request_id', '=', report.requestId)]))
    .executeTakeFirst()
  if (known !== undefined) {
    if (known.public_id === report.id && known.jws === report.jws) return 'known'
    throw new AskFirstError(
      'CONFLICT',
      `The request ${report.requestId} or the report ${report.id} was recorded before`,
    )
  }
  await context.db
    .insertInto('reports')
    .values({
      public_id: report.id,
      ticket_id: await ticketKey(context, report.ticketId),
      device_id: await deviceKey(context, report.deviceId),
      request_id: report.requestId,
      technician_id: report.technicianId,
      technician_name: report.technicianName,
      at: report.at,
      os_user: report.osUser,
      reason: report.reason,
      jws: report.jws,
      state: report.state,
      cleared_at: report.clearedAt,
      cleared_by: report.clearedBy,
      cleared_by_name: report.clearedByName,
      clear_reason: report.clearReason,
    })
    .execute()
  await appendLog(context, log)
  await appendAudit(context, audit)
  return 'recorded'
}

async function getReport(context: SqlContext, id: ReportId): Promise<NamedReport | null> {
  const row = await selectReports(context).where('reports.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toReport(row)
}

async function listReports(
  context: SqlContext,
  page: PageRequest & { readonly state?: Report['state'] },
): Promise<Page<NamedReport>> {
  const limit = boundedLimit(page.limit)
  const before = cursorKey(page)
  let query = selectReports(context).orderBy('reports.id', 'desc')
  if (before !== null) query = query.where('reports.id', '<', before)
  if (page.state !== undefined) query = query.where('reports.state', '=', page.state)
  return pageOf(await query.limit(limit + 1).execute(), limit, toReport)
}

async function clearReport(context: SqlContext, id: ReportId, input: Clearing): Promise<NamedReport | null> {
  const result = await context.db
    .updateTable('reports')
    .set({
      state: 'cleared',
      cleared_at: input.at,
      cleared_by: input.by.id,
      cleared_by_name: input.by.name,
      clear_reason: input.reason,
    })
    .where('public_id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return null
  await appendLog(context, input.log)
  await appendAudit(context, input.audit)
  return await getReport(context, id)
}

interface NamedRow extends Selectable<Tables['reports']> {
  readonly ticket_public_id: string
  readonly ticket_number: number
  readonly ticket_title: string
  readonly device_public_id: string
  readonly device_name: string
}

function toReport(row: NamedRow): NamedReport {
  return {
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as ReportId,
    ticketId: row.ticket_public_id as TicketId,
    deviceId: row.device_public_id as DeviceId,
    requestId: row.request_id as RequestId,
    technicianId: row.technician_id as UserId,
    state: row.state as Report['state'],
    clearedBy: row.cleared_by as UserId | null,
    technicianName: row.technician_name,
    at: row.at,
    deviceName: row.device_name,
    ticketNumber: row.ticket_number,
    ticketTitle: row.ticket_title,
    osUser: row.os_user,
    reason: row.reason,
    jws: row.jws,
    clearedAt: row.cleared_at,
    clearedByName: row.cleared_by_name,
    clearReason: row.clear_reason,
  }
}
