import type { DeviceId, GrantId, RequestId, RunId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { Run } from '../entities.ts'
import type { SqlContext, Tables } from './tables.ts'

/** Runs joined with the public ids of ticket and device. */
export function selectRuns({ db }: SqlContext) {
  return db
    .selectFrom('runs')
    .innerJoin('tickets', 'tickets.id', 'runs.ticket_id')
    .innerJoin('devices', 'devices.id', 'runs.device_id')
    .selectAll('runs')
    .select(['tickets.public_id as ticket_public_id', 'devices.public_id as device_public_id'])
}

type RunRow = Selectable<Tables['runs']> & { ticket_public_id: string; device_public_id: string }

export function toRun(row: RunRow): Run {
  return {
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as RunId,
    ticketId: row.ticket_public_id as TicketId,
    deviceId: row.device_public_id as DeviceId,
    requestId: row.request_id as RequestId,
    grantId: row.grant_id as GrantId,
    technicianId: row.technician_id as UserId,
    state: row.state as Run['state'],
    collector: row.collector,
    params: JSON.parse(row.params),
    refusedCode: row.refused_code,
    nextSeq: row.next_seq,
    rows: row.rows,
    rawBytes: row.raw_bytes,
    indexedRows: row.indexed_rows,
    completeness: row.completeness === null ? null : JSON.parse(row.completeness),
    orderedAt: row.ordered_at,
    acceptedAt: row.accepted_at,
    firstRowAt: row.first_row_at,
    endedAt: row.ended_at,
    withheld: row.withheld,
  }
}

export async function insertRun({ db }: SqlContext, run: Run, keys: { ticket: number; device: number }): Promise<void> {
  await db
    .insertInto('runs')
    .values({
      public_id: run.id,
      ticket_id: keys.ticket,
      device_id: keys.device,
      request_id: run.requestId,
      grant_id: run.grantId,
      technician_id: run.technicianId,
      collector: run.collector,
      params: JSON.stringify(run.params),
      state: run.state,
      refused_code: run.refusedCode,
      next_seq: run.nextSeq,
      rows: run.rows,
      raw_bytes: run.rawBytes,
      indexed_rows: run.indexedRows,
      completeness: run.completeness === null ? null : JSON.stringify(run.completeness),
      ordered_at: run.orderedAt,
      accepted_at: run.acceptedAt,
      first_row_at: run.firstRowAt,
      ended_at: run.endedAt,
      withheld: run.withheld,
    })
    .execute()
}
