import type { DatabaseSync } from 'node:sqlite'
import type { SqlFlavour } from '../sql/flavour.ts'
import { chunkAppender } from './append-chunks.ts'

/** SQLite's own answers; one writer at a time, so that no locks are needed. */
export function sqliteFlavour(database: DatabaseSync): SqlFlavour {
  const append = chunkAppender(database)
  return {
    kind: 'sqlite',
    rowLocks: false,
    lock: async () => undefined,
    appendChunks: async (_, chunks) => append(chunks),
  }
}
