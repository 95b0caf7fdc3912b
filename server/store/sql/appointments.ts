import type { AppointmentId, AskId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { Appointment, AppointmentStore, Cancelling } from '../appointment-store.ts'
import type { LogDraft } from '../entities.ts'
import { cancelAgreed } from './cancel-appointment.ts'
import { appendLog } from './log.ts'
import { endStanding } from './standing-requests.ts'
import type { SqlContext, Tables } from './tables.ts'
import { ticketKey } from './tickets.ts'

/** Appointments in SQL. */
export function appointmentStore(context: SqlContext): AppointmentStore {
  return {
    agree: (appointment, log) => agree(context, appointment, log),
    get: (id) => getAppointment(context, id),
    listForTicket: async (ticketId) => {
      const query = selectAppointments(context).where('tickets.public_id', '=', ticketId).orderBy('appointments.id')
      return (await query.execute()).map(toAppointment)
    },
    agreedWithin: async (technicianId, { from, until }) => {
      const rows = await selectAppointments(context)
        .where('technician_id', '=', technicianId)
        .where('appointments.state', '=', 'agreed')
        .where('from_at', '<', until)
        .where('until_at', '>', from)
        .orderBy('from_at')
        .execute()
      return rows.map(toAppointment)
    },
    cancel: (id, cancelling) => cancel(context, id, cancelling),
  }
}

function selectAppointments({ db }: SqlContext) {
  return db
    .selectFrom('appointments')
    .innerJoin('tickets', 'tickets.id', 'appointments.ticket_id')
    .selectAll('appointments')
    .select('tickets.public_id as ticket_public_id')
}

async function agree(
  context: SqlContext,
  { id, ticketId, askId, technicianId, technicianName, what, place, ...rest }: Appointment,
  log: LogDraft,
): Promise<'recorded' | 'known'> {
  const row = await context.db
    .insertInto('appointments')
    .values({
      public_id: id,
      ticket_id: await ticketKey(context, ticketId),
      ask_id: askId,
      technician_id: technicianId,
      technician_name: technicianName,
      what,
      place,
      from_at: rest.from,
      until_at: rest.until,
      state: rest.state,
      sequence: rest.sequence,
      agreed_at: rest.agreedAt,
      ended_at: rest.endedAt,
    })
    .onConflict((conflict) => conflict.column('ask_id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return 'known'
  await appendLog(context, log)
  return 'recorded'
}

async function getAppointment(context: SqlContext, id: AppointmentId): Promise<Appointment | null> {
  const row = await selectAppointments(context).where('appointments.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toAppointment(row)
}

async function cancel(
  context: SqlContext,
  id: AppointmentId,
  { at, endedBy, log }: Cancelling,
): Promise<Appointment | null> {
  if (!(await cancelAgreed(context, id, at))) return null
  for (const draft of log) await appendLog(context, draft)
  const cancelled = await getAppointment(context, id)
  if (cancelled === null) return null
  const { ticketId } = cancelled
  const end = { ticketId, at, endedBy, reason: 'withdrawn', because: 'appointment-cancelled' } as const
  await endStanding(context, end, id)
  return cancelled
}

function toAppointment(row: Selectable<Tables['appointments']> & { readonly ticket_public_id: string }): Appointment {
  return {
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as AppointmentId,
    ticketId: row.ticket_public_id as TicketId,
    askId: row.ask_id as AskId,
    state: row.state as Appointment['state'],
    technicianId: row.technician_id,
    technicianName: row.technician_name,
    what: row.what,
    place: row.place,
    from: row.from_at,
    until: row.until_at,
    sequence: row.sequence,
    agreedAt: row.agreed_at,
    endedAt: row.ended_at,
  }
}
