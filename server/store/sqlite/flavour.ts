import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { SqlFlavour } from '../sql/flavour.ts'
import { chunkAppender } from './append-chunks.ts'
import { rowInserter } from './insert-rows.ts'

/** SQLite's own answers; one writer at a time, so that no locks are needed. */
export function sqliteFlavour(database: DatabaseSync): SqlFlavour {
  const append = chunkAppender(database)
  const insert = rowInserter(database)
  return {
    kind: 'sqlite',
    rowLocks: false,
    lock: async () => undefined,
    appendChunks: async (_, chunks) => append(chunks),
    insertRows: async (_, rows) => insert(rows),
    matches: (words, { from, to }) => {
      // `searchWords` gives letters and digits only; the quotes keep AND, OR, NOT and NEAR words like any other.
      const query = words.map((word) => `"${word}"`).join(' ')
      return sql`run_rows.id in (select rowid from row_words where row_words match ${query} and rowid >= ${from} and rowid < ${to})`
    },
  }
}
