import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { AppointmentId, TicketId } from '@askfirst/protocol/ids.ts'
import { appendLog } from './log.ts'
import { OPEN_REQUEST_STATES } from './open-states.ts'
import type { SqlContext } from './tables.ts'
import { ticketKey } from './tickets.ts'

/** A request that waits for its answer, or one whose grant has not ended. */
interface Standing {
  readonly id: number
  readonly public_id: string
  readonly device: string
  readonly grant_id: string | null
}

/** Why and by whom requests and grants end, as their rows and their entries in the log have it. */
interface EndOfRequests {
  readonly ticketId: TicketId
  readonly at: string
  readonly endedBy: Actor
  readonly reason: 'ticket-closed' | 'withdrawn'
  /** What else the entries say. */
  readonly because?: string
}

/**
 * Ends the requests that stand in a ticket, all or those of an appointment, and their grants, each with an entry. To be called
 * in a transaction that has written to the ticket's log: whoever asked or answered before is done then.
 */
export async function endStanding(
  context: SqlContext,
  end: EndOfRequests,
  appointmentId: AppointmentId | null = null,
): Promise<void> {
  for (const request of await standing(context, end.ticketId, appointmentId)) await endRequest(context, request, end)
}

/** Locked, so that no answer comes between. */
async function standing(
  context: SqlContext,
  ticketId: TicketId,
  appointmentId: AppointmentId | null,
): Promise<readonly Standing[]> {
  return await context.db
    .selectFrom('consent_requests')
    .innerJoin('devices', 'devices.id', 'consent_requests.device_id')
    .select(['consent_requests.id', 'consent_requests.public_id', 'devices.public_id as device', 'grant_id'])
    .where('ticket_id', '=', await ticketKey(context, ticketId))
    .$if(appointmentId !== null, (query) => query.where('appointment_id', '=', appointmentId))
    .where(({ and, eb, or }) =>
      or([
        eb('state', 'in', OPEN_REQUEST_STATES),
        and([eb('grant_id', 'is not', null), eb('grant_ended_at', 'is', null)]),
      ]),
    )
    .orderBy('consent_requests.id')
    .$if(context.flavour.rowLocks, (query) => query.forNoKeyUpdate('consent_requests'))
    .execute()
}

async function endRequest(
  context: SqlContext,
  { id, public_id: requestId, grant_id: grantId, device: deviceId }: Standing,
  { ticketId, at, endedBy: actor, reason, because }: EndOfRequests,
): Promise<void> {
  const end =
    grantId === null ? { state: 'withdrawn', state_reason: reason } : { grant_ended_at: at, grant_end_reason: reason }
  await context.db.updateTable('consent_requests').set(end).where('id', '=', id).execute()
  const body = { requestId, grantId, reason, deviceId, ...(because === undefined ? {} : { because }) }
  await appendLog(context, { ticketId, at, actor, kind: 'consent.withdrawn', body })
}
