import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, GrantId, RequestId } from '@askfirst/protocol/ids.ts'
import type { LogDraft, RequestState, StoredRequest } from '../entities.ts'
import type { ConsentStore } from '../store.ts'
import { insertRequest, selectRequests, toRequest } from './consent-rows.ts'
import { deviceKey } from './devices.ts'
import { appendLog } from './log.ts'
import { OPEN_REQUEST_STATES } from './open-states.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'
import { ticketKey } from './tickets.ts'

type Receipt = Parameters<ConsentStore['recordReceipt']>[0]
type GrantEnd = Parameters<ConsentStore['endGrant']>[1]
type Advance = {
  readonly id: RequestId
  readonly state: RequestState
  readonly reason: string | null
  readonly log: LogDraft | null
}

const MAX_LISTED = 1_000

/** Consent requests, receipts and grants in SQL. */
export function consentStore(context: SqlContext): ConsentStore {
  return {
    create: (request, log) => createRequest(context, request, log),
    get: (id) => getRequest(context, id),
    byGrant: async (grantId) => {
      const row = await selectRequests(context).where('consent_requests.grant_id', '=', grantId).executeTakeFirst()
      return row === undefined ? null : toRequest(row)
    },
    listForTicket: async (ticketId) => {
      const query = selectRequests(context).where('tickets.public_id', '=', ticketId).orderBy('consent_requests.id')
      return (await query.limit(MAX_LISTED).execute()).map(toRequest)
    },
    openForDevice: (deviceId, endedSince) => openForDevice(context, deviceId, endedSince ?? null),
    unanswered: async (before, limit) => {
      const query = selectRequests(context)
        .where('consent_requests.receipt_id', 'is', null)
        .where('consent_requests.state', 'in', OPEN_REQUEST_STATES)
        .where('consent_requests.answer_by', '<', before)
      const rows = await query.orderBy('consent_requests.answer_by').limit(boundedLimit(limit, MAX_LISTED)).execute()
      return rows.map(toRequest)
    },
    advance: (id, state, reason, log) => advance(context, { id, state, reason, log }),
    recordReceipt: (input) => recordReceipt(context, input),
    endGrant: (grantId, input) => endGrant(context, grantId, input),
  }
}

async function createRequest(context: SqlContext, request: StoredRequest, log: LogDraft): Promise<LogEntry> {
  const keys = {
    ticket: await ticketKey(context, request.ticketId),
    device: await deviceKey(context, request.deviceId),
  }
  await insertRequest(context, request, keys)
  const entry = await appendLog(context, log)
  await refuseClosed(context, request)
  await refuseCancelled(context, request)
  return entry
}

/** Looked at with the ticket's row locked, so that nobody is asked for a ticket that closes at the same moment. */
async function refuseClosed({ db }: SqlContext, { ticketId }: StoredRequest): Promise<void> {
  const ticket = await db.selectFrom('tickets').select('state').where('public_id', '=', ticketId).executeTakeFirst()
  if (ticket?.state === 'closed')
    throw new AskFirstError('CONFLICT', 'The ticket is closed; nobody is asked for it any more.')
}

/** The same for an appointment that is cancelled at the same moment (SPEC C27). */
async function refuseCancelled({ db }: SqlContext, { request: { window } }: StoredRequest): Promise<void> {
  if (window === undefined) return
  const { appointmentId } = window
  const agreed = await db
    .selectFrom('appointments')
    .select('state')
    .where('public_id', '=', appointmentId)
    .executeTakeFirst()
  if (agreed?.state !== 'agreed') throw new AskFirstError('CONFLICT', 'The appointment is not agreed any more.')
}

async function getRequest(context: SqlContext, id: RequestId): Promise<StoredRequest | null> {
  const row = await selectRequests(context).where('consent_requests.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toRequest(row)
}

async function openForDevice(
  context: SqlContext,
  deviceId: DeviceId,
  endedSince: string | null,
): Promise<StoredRequest[]> {
  const rows = await selectRequests(context)
    .where('devices.public_id', '=', deviceId)
    .where(({ and, eb, or }) => {
      const unanswered = and([
        eb('consent_requests.state', 'in', [...OPEN_REQUEST_STATES, 'withdrawn']),
        eb('consent_requests.receipt_id', 'is', null),
      ])
      if (endedSince === null) return unanswered
      const endedByDesk = and([
        eb('consent_requests.grant_end_reason', 'in', ['withdrawn', 'ticket-closed']),
        or([
          eb('consent_requests.grant_ended_at', '>=', endedSince),
          eb('consent_requests.window_until', '>=', endedSince),
        ]),
      ])
      return or([unanswered, endedByDesk])
    })
    .orderBy('consent_requests.id')
    .limit(MAX_LISTED)
    .execute()
  return rows.map(toRequest)
}

/** States that a request may be in before it comes to `state`: it never goes back from `shown` to `received`. */
function statesBefore(state: RequestState): readonly RequestState[] {
  if (state === 'received') return ['asked']
  if (state === 'shown') return ['asked', 'received']
  return OPEN_REQUEST_STATES
}

async function advance(context: SqlContext, input: Advance): Promise<StoredRequest | null> {
  const result = await context.db
    .updateTable('consent_requests')
    .set({ state: input.state, state_reason: input.reason })
    .where('public_id', '=', input.id)
    .where('state', 'in', statesBefore(input.state))
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return null
  if (input.log !== null) await appendLog(context, input.log)
  return await getRequest(context, input.id)
}

async function recordReceipt(context: SqlContext, input: Receipt) {
  const before = await lockedRequest(context, input.id)
  if (before.receiptId === input.receiptId) return { outcome: 'known' as const, request: before }
  if (before.receiptId !== null || before.state === 'rejected') return { outcome: 'closed' as const, request: before }
  const withdrawn = before.state === 'withdrawn'
  const isOnlyLate = withdrawn && before.stateReason === 'expired'
  await context.db
    .updateTable('consent_requests')
    .set({
      // The desk took it back: a "no" changes nothing. One that only waited too long takes the answer that was signed.
      state: withdrawn && !isOnlyLate && input.state !== 'given' ? 'withdrawn' : input.state,
      state_reason: input.stateReason ?? (isOnlyLate ? null : before.stateReason),
      receipt_id: input.receiptId,
      jws: input.jws,
      grant_id: input.grant?.grantId ?? null,
      grant_json: input.grant === null ? null : JSON.stringify(input.grant),
      ...(withdrawn && input.grant !== null ? { grant_ended_at: input.log.at, grant_end_reason: 'withdrawn' } : {}),
    })
    .where('public_id', '=', input.id)
    .execute()
  await appendLog(context, input.log)
  return { outcome: 'recorded' as const, request: await lockedRequest(context, input.id) }
}

async function lockedRequest(context: SqlContext, id: RequestId): Promise<StoredRequest> {
  await context.db
    .selectFrom('consent_requests')
    .select('id')
    .where('public_id', '=', id)
    .$if(context.flavour.rowLocks, (query) => query.forNoKeyUpdate())
    .executeTakeFirst()
  const request = await getRequest(context, id)
  if (request === null) throw new AskFirstError('NOT_FOUND', `There is no consent request ${id}`)
  return request
}

async function endGrant(context: SqlContext, grantId: GrantId, input: GrantEnd): Promise<boolean> {
  const result = await context.db
    .updateTable('consent_requests')
    .set({ grant_ended_at: input.at, grant_end_reason: input.reason })
    .where('grant_id', '=', grantId)
    .where('grant_ended_at', 'is', null)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return false
  await appendLog(context, input.log)
  return true
}
