import { sql } from 'kysely'
import type { SqlFlavour } from '../sql/flavour.ts'
import { LOCKS } from '../sql/flavour.ts'
import { searchWords } from '../sql/search-words.ts'
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
  insertRows: async (db, rows) => {
    // Words are cut by us and not by PostgreSQL's parser, which would take paths and addresses apart in its own way.
    const words = rows.map((row) =>
      searchWords(row.text)
        .map((word) => `'${word}'`)
        .join(' '),
    )
    const [ids, ats, levels] = [rows.map((row) => row.id), rows.map((row) => row.at), rows.map((row) => row.level)]
    const [providers, jsons] = [rows.map((row) => row.provider), rows.map((row) => row.json)]
    await sql`
      insert into run_rows (id, at, level, provider, json, words)
      select id, at, level, provider, json, words::tsvector
      from unnest(${ids}::bigint[], ${ats}::text[], ${levels}::text[], ${providers}::text[], ${jsons}::text[], ${words}::text[])
        as new (id, at, level, provider, json, words)
      on conflict (id) do nothing`.execute(db)
  },
  matches: (words) => {
    // `searchWords` gives letters and digits only, so that a quoted word needs no escape.
    const query = words.map((word) => `'${word}'`).join(' & ')
    return sql`words @@ ${query}::tsquery`
  },
}
