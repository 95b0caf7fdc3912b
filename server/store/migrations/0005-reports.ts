import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Reports of people that a request was suspicious, and that a lead lifted the block. */
export async function addReports(db: Kysely<unknown>, { key, reference, text }: ColumnTypes): Promise<void> {
  const statements = [
    `create table reports (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      device_id ${reference} not null references devices (id), request_id ${text} not null unique, technician_id ${text} not null,
      technician_name ${text} not null, at ${text} not null, os_user ${text} not null, reason ${text}, jws ${text} not null,
      state ${text} not null, cleared_at ${text}, cleared_by ${text}, cleared_by_name ${text}, clear_reason ${text})`,
    'create index reports_device on reports (device_id, state)',
    "create index reports_open on reports (id) where state = 'open'",
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
