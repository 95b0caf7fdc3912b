import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Times that people agreed to. */
export async function addAppointments(db: Kysely<unknown>, { key, reference, text }: ColumnTypes): Promise<void> {
  const statements = [
    `create table appointments (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      ask_id ${text} not null unique, technician_id ${text} not null, technician_name ${text} not null, what ${text} not null,
      place ${text}, from_at ${text} not null, until_at ${text} not null, state ${text} not null, sequence integer not null,
      agreed_at ${text} not null, ended_at ${text})`,
    'create index appointments_ticket on appointments (ticket_id)',
    'create index appointments_technician on appointments (technician_id, from_at)',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
