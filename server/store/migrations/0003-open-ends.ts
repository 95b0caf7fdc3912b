import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Quick answers to "what should have ended by now", and the mark of runs whose rows nobody is shown. */
export async function addOpenEnds(db: Kysely<unknown>, { text }: ColumnTypes): Promise<void> {
  const statements = [
    `alter table runs add column withheld ${text}`,
    'create index runs_open on runs (id) where ended_at is null',
    'create index consent_requests_unanswered on consent_requests (state, answer_by) where receipt_id is null',
    'drop index runs_to_index',
    'create index runs_to_index on runs (id) where indexed_rows < rows and withheld is null',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
