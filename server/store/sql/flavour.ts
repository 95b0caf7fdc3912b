import type { Kysely, RawBuilder, SqlBool } from 'kysely'
import type { ChunkInput, ChunkOutcome } from '../entities.ts'
import type { Tables } from './tables.ts'

/** Names of the locks that a transaction may hold until it ends. */
export const LOCKS = { users: 1, enrolment: 2, ticketNumber: 3 } as const
export type LockName = keyof typeof LOCKS

/** A row as the index keeps it, with the text that full-text search looks at. */
export interface SearchableRow {
  readonly id: number
  readonly at: string | null
  readonly level: string | null
  readonly provider: string | null
  readonly json: string
  readonly text: string
}

/** All that the two dialects do differently. */
export interface SqlFlavour {
  readonly kind: 'sqlite' | 'postgres'
  /** Whether rows are locked with FOR UPDATE; SQLite has one writer and needs no locks. */
  readonly rowLocks: boolean
  /** Holds a named lock until the transaction ends. */
  lock(db: Kysely<Tables>, name: LockName): Promise<void>
  /** Stores chunks; see RunStore.appendChunks. */
  appendChunks(db: Kysely<Tables>, chunks: readonly ChunkInput[]): Promise<readonly ChunkOutcome[]>
  /** Adds rows and their text to the index; known ids are passed over. */
  insertRows(db: Kysely<Tables>, rows: readonly SearchableRow[]): Promise<void>
  /** The condition on `run_rows` that all words occur; `words` come from `searchWords`, `keys` bound the row ids (to is exclusive). */
  matches(words: readonly string[], keys: { readonly from: number; readonly to: number }): RawBuilder<SqlBool>
}
