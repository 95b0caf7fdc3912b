import type { Kysely } from 'kysely'
import type { ChunkInput, ChunkOutcome } from '../entities.ts'
import type { Tables } from './tables.ts'

/** Names of the locks that a transaction may hold until it ends. */
export const LOCKS = { users: 1, enrolment: 2, ticketNumber: 3, knowledgeNumber: 8, mailIn: 17 } as const
export type LockName = keyof typeof LOCKS

/** All that the two dialects do differently. */
export interface SqlFlavour {
  readonly kind: 'sqlite' | 'postgres'
  /** Whether rows are locked with FOR UPDATE; SQLite has one writer and needs no locks. */
  readonly rowLocks: boolean
  /** Holds a named lock until the transaction ends. */
  lock(db: Kysely<Tables>, name: LockName): Promise<void>
  /** Stores chunks; see RunStore.appendChunks. */
  appendChunks(db: Kysely<Tables>, chunks: readonly ChunkInput[]): Promise<readonly ChunkOutcome[]>
}
