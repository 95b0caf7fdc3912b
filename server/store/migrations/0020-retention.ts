import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Legal holds, and which tickets' rows and files were deleted. */
export async function addRetention(db: Kysely<unknown>, { reference, text }: ColumnTypes): Promise<void> {
  const statements = [
    `create table ticket_retention (ticket_id ${reference} primary key references tickets (id), hold_reason ${text},
      hold_by ${text}, hold_by_name ${text}, hold_at ${text}, aged_out_at ${text})`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
