import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Orders to erase a person's data; who it is stands in one only until it is done. */
export async function addErasures(db: Kysely<unknown>, { key, text }: ColumnTypes): Promise<void> {
  const statements = [
    `create table erasures (id ${key}, public_id ${text} not null unique, person ${text}, reason ${text} not null, actor ${text} not null,
      at ${text} not null, counts ${text} not null, done_at ${text})`,
    `alter table ticket_retention add column erased_at ${text}`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
