import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Requests for the times of an appointment: which one, and when its window ends. Both null: a request of any other kind. */
export async function addConsentWindows(db: Kysely<unknown>, { text }: ColumnTypes): Promise<void> {
  const statements = [
    `alter table consent_requests add column appointment_id ${text}`,
    `alter table consent_requests add column window_until ${text}`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
