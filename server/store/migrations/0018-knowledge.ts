import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What the figures look for: entries of a kind by time, and requests by time. */
export async function addKnowledge(db: Kysely<unknown>, _types: ColumnTypes): Promise<void> {
  const statements = [
    'create index log_entries_kind on log_entries (kind, at)',
    'create index consent_requests_created on consent_requests (created_at)',
    'create index tickets_created on tickets (created_at)',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
