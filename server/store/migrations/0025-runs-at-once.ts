import type { Kysely } from 'kysely'
import { sql } from 'kysely'

/** Whether what a request asks for is ordered as soon as it is allowed. */
export async function addRunsAtOnce(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table consent_requests add column runs_at_once integer not null default 0').execute(db)
}
