import { sql } from 'kysely'
import type { SqlFlavour } from '../sql/flavour.ts'
import { LOCKS } from '../sql/flavour.ts'
import { appendChunks } from './append-chunks.ts'

/** First of the two keys of our advisory locks: `askf` in ASCII. */
const LOCK_SPACE = 0x61736b66

/** PostgreSQL's own answers. */
export const postgresFlavour: SqlFlavour = {
  kind: 'postgres',
  rowLocks: true,
  lock: async (db, name) => {
    await sql`select pg_advisory_xact_lock(${LOCK_SPACE}, ${LOCKS[name]})`.execute(db)
  },
  appendChunks,
}
