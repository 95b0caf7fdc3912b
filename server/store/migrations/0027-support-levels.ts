import type { Kysely } from 'kysely'
import { sql } from 'kysely'

/** Up to which level somebody takes tickets; accounts that were there before take those of any. */
export async function addSupportLevels(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table users add column support_level integer').execute(db)
}
