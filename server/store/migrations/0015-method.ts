import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** The method's steps, theories, actions and comparisons of a ticket: each kind's own words stand in `content`. */
export async function addMethod(db: Kysely<unknown>, { key, reference, text }: ColumnTypes): Promise<void> {
  const statements = [
    `create table method_records (id ${key}, ticket_id ${reference} not null references tickets (id), kind ${text} not null,
      name ${text} not null, state ${text} not null, version integer not null, content ${text} not null,
      unique (ticket_id, kind, name))`,
    'create index method_records_state on method_records (kind, state)',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
