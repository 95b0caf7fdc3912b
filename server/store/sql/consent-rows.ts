import type { DeviceId, ReceiptId, RequestId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { StoredRequest } from '../entities.ts'
import type { SqlContext, Tables } from './tables.ts'

/** Requests joined with the public ids of ticket and device. */
export function selectRequests({ db }: SqlContext) {
  return db
    .selectFrom('consent_requests')
    .innerJoin('tickets', 'tickets.id', 'consent_requests.ticket_id')
    .innerJoin('devices', 'devices.id', 'consent_requests.device_id')
    .selectAll('consent_requests')
    .select(['tickets.public_id as ticket_public_id', 'devices.public_id as device_public_id'])
}

type RequestRow = Selectable<Tables['consent_requests']> & { ticket_public_id: string; device_public_id: string }

export function toRequest(row: RequestRow): StoredRequest {
  return {
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as RequestId,
    ticketId: row.ticket_public_id as TicketId,
    deviceId: row.device_public_id as DeviceId,
    technicianId: row.technician_id as UserId,
    state: row.state as StoredRequest['state'],
    receiptId: row.receipt_id as ReceiptId | null,
    grantEndReason: row.grant_end_reason as StoredRequest['grantEndReason'],
    request: JSON.parse(row.request),
    requestSha256: row.request_sha256,
    matchCode: row.match_code,
    stateReason: row.state_reason,
    answerBy: row.answer_by,
    createdAt: row.created_at,
    runsAtOnce: row.runs_at_once !== 0,
    jws: row.jws,
    grant: row.grant_json === null ? null : JSON.parse(row.grant_json),
    grantEndedAt: row.grant_ended_at,
  }
}

export async function insertRequest(
  { db }: SqlContext,
  request: StoredRequest,
  keys: { ticket: number; device: number },
): Promise<void> {
  await db
    .insertInto('consent_requests')
    .values({
      public_id: request.id,
      ticket_id: keys.ticket,
      device_id: keys.device,
      technician_id: request.technicianId,
      request: JSON.stringify(request.request),
      request_sha256: request.requestSha256,
      match_code: request.matchCode,
      state: request.state,
      state_reason: request.stateReason,
      answer_by: request.answerBy,
      created_at: request.createdAt,
      runs_at_once: request.runsAtOnce ? 1 : 0,
      receipt_id: request.receiptId,
      jws: request.jws,
      grant_id: request.grant?.grantId ?? null,
      grant_json: request.grant === null ? null : JSON.stringify(request.grant),
      grant_ended_at: request.grantEndedAt,
      grant_end_reason: request.grantEndReason,
      appointment_id: request.request.window?.appointmentId ?? null,
      window_until: request.request.window?.until ?? null,
    })
    .execute()
}
