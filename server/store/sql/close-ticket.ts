import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Ticket } from '../entities.ts'
import type { TicketLink } from '../ticket-entities.ts'
import type { TicketClosing } from '../ticket-store.ts'
import { endTimer } from './end-timer.ts'
import { appendLog, logHead } from './log.ts'
import { OPEN_REQUEST_STATES } from './open-states.ts'
import type { SqlContext } from './tables.ts'
import { addLink, lockTickets } from './ticket-links.ts'
import { changeTicket, ticketKey } from './tickets.ts'

/** A request that waits for its answer, or one whose grant has not ended. */
interface Standing {
  readonly id: number
  readonly public_id: string
  readonly device: string
  readonly grant_id: string | null
}

/**
 * Closes a ticket and ends all that people allowed or were asked on it, in one transaction (SPEC T6).
 *
 * @see TicketStore.close
 */
export async function closeTicket(context: SqlContext, closing: TicketClosing): Promise<Ticket | null> {
  const { id, version, columns, logs, endedBy, into } = closing
  if (into !== undefined) await refuseClosedTarget(context, into.link)
  if ((await standing(context, id)) === null) return null
  if (closing.fires !== undefined && !(await endTimer(context, closing.fires, columns.updatedAt))) return null
  const [changed, ...others] = logs
  const closed = await changeTicket(context, {
    id,
    version,
    change: { ...columns, state: 'closed' },
    log: changed,
  })
  if (closed === null) return null
  for (const log of others) await appendLog(context, log)
  await refuseOpenRuns(context, id)
  // Read anew: the ticket's row is locked now, and whoever asked or answered before is done.
  for (const request of (await standing(context, id)) ?? []) await endRequest(context, request, { closing, endedBy })
  if (into !== undefined) await goOn(context, into)
  return closed
}

async function refuseClosedTarget(context: SqlContext, { from, to }: TicketLink): Promise<void> {
  await lockTickets(context, [from, to])
  const target = await context.db.selectFrom('tickets').select('state').where('public_id', '=', to).executeTakeFirst()
  if (target === undefined) throw new AskFirstError('NOT_FOUND', `There is no ticket ${to}`)
  if (target.state === 'closed') throw new AskFirstError('CONFLICT', `Ticket ${to} is closed itself`)
}

/** Last, so that the other log names this one's end. */
async function goOn(context: SqlContext, { link, log }: NonNullable<TicketClosing['into']>): Promise<void> {
  if (!(await addLink(context, link)))
    throw new AskFirstError('CONFLICT', `Tickets ${link.from} and ${link.to} are linked already`)
  const end = link.kind === 'merged-into' ? await logHead(context, link.from) : {}
  await appendLog(context, { ...log, body: { ...log.body, ...end } })
}

/** Requests of a ticket that stand, locked, so that no answer comes between; null when there is no such ticket. */
async function standing(context: SqlContext, id: TicketId): Promise<readonly Standing[] | null> {
  const ticket = await context.db.selectFrom('tickets').select('id').where('public_id', '=', id).executeTakeFirst()
  if (ticket === undefined) return null
  const rows = await context.db
    .selectFrom('consent_requests')
    .innerJoin('devices', 'devices.id', 'consent_requests.device_id')
    .select(['consent_requests.id', 'consent_requests.public_id', 'devices.public_id as device', 'grant_id'])
    .where('ticket_id', '=', ticket.id)
    .where(({ and, eb, or }) =>
      or([
        eb('state', 'in', OPEN_REQUEST_STATES),
        and([eb('grant_id', 'is not', null), eb('grant_ended_at', 'is', null)]),
      ]),
    )
    .orderBy('consent_requests.id')
    .$if(context.flavour.rowLocks, (query) => query.forNoKeyUpdate('consent_requests'))
    .execute()
  return rows
}

async function endRequest(
  context: SqlContext,
  request: Standing,
  {
    closing,
    endedBy,
  }: {
    readonly closing: TicketClosing
    readonly endedBy: TicketClosing['endedBy']
  },
): Promise<void> {
  const { updatedAt: at } = closing.columns
  const end =
    request.grant_id === null
      ? { state: 'withdrawn', state_reason: 'ticket-closed' }
      : { grant_ended_at: at, grant_end_reason: 'ticket-closed' }
  await context.db.updateTable('consent_requests').set(end).where('id', '=', request.id).execute()
  const { public_id: requestId, grant_id: grantId, device: deviceId } = request
  const body = { requestId, grantId, reason: 'ticket-closed', deviceId }
  await appendLog(context, {
    ticketId: closing.id,
    at,
    actor: endedBy,
    kind: 'consent.withdrawn',
    body,
  })
}

async function refuseOpenRuns(context: SqlContext, id: TicketId): Promise<void> {
  const { open } = await context.db
    .selectFrom('runs')
    .select(({ fn }) => fn.countAll().as('open'))
    .where('ticket_id', '=', await ticketKey(context, id))
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (Number(open) === 0) return
  throw new AskFirstError('CONFLICT', `Ticket ${id} has ${Number(open)} runs that have not ended`)
}
