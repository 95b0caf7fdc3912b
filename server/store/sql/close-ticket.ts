import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Ticket } from '../entities.ts'
import type { TicketLink } from '../ticket-entities.ts'
import type { TicketClosing } from '../ticket-store.ts'
import { cancelAgreed } from './cancel-appointment.ts'
import { endTimer } from './end-timer.ts'
import { appendLog, logHead } from './log.ts'
import { endStanding } from './standing-requests.ts'
import type { SqlContext } from './tables.ts'
import { addLink, lockTickets } from './ticket-links.ts'
import { changeTicket, ticketKey } from './tickets.ts'

/**
 * Closes a ticket and ends all that people allowed, were asked or agreed to on it, in one transaction (SPEC T6, T47).
 *
 * @see TicketStore.close
 */
export async function closeTicket(context: SqlContext, closing: TicketClosing): Promise<Ticket | null> {
  const { id, version, columns, logs, endedBy, into } = closing
  if (into !== undefined) await refuseClosedTarget(context, into.link)
  if (!(await isThere(context, id))) return null
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
  await cancelAppointments(context, closing)
  await endStanding(context, { ticketId: id, at: columns.updatedAt, endedBy, reason: 'ticket-closed' })
  if (into !== undefined) await goOn(context, into)
  return closed
}

async function isThere({ db }: SqlContext, id: TicketId): Promise<boolean> {
  return (await db.selectFrom('tickets').select('id').where('public_id', '=', id).executeTakeFirst()) !== undefined
}

/** What was agreed for later ends with the ticket (SPEC T47); the ticket's row is locked, and nothing more can be agreed. */
async function cancelAppointments(context: SqlContext, { id, columns, cancels = [] }: TicketClosing): Promise<void> {
  const { updatedAt: at } = columns
  for (const { appointmentId, logs } of cancels) {
    if (!(await cancelAgreed(context, appointmentId, at))) continue
    for (const log of logs) await appendLog(context, log)
  }
  const left = await context.db
    .selectFrom('appointments')
    .select('public_id')
    .where('ticket_id', '=', await ticketKey(context, id))
    .where('state', '=', 'agreed')
    .where('until_at', '>', at)
    .executeTakeFirst()
  if (left !== undefined) throw new AskFirstError('CONFLICT', `An appointment of ticket ${id} was agreed just now`)
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
