import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Why a ticket has its priority: what the matrix gave, and who overrode that why. So far the matrix decided alone. */
export async function addPriorityReasons(db: Kysely<unknown>, { text }: ColumnTypes): Promise<void> {
  const statements = [
    'alter table tickets add column matrix_priority integer not null default 0',
    'update tickets set matrix_priority = priority',
    `alter table tickets add column override_reason ${text}`,
    `alter table tickets add column override_by ${text}`,
    `alter table tickets add column override_by_name ${text}`,
    `alter table tickets add column override_at ${text}`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
