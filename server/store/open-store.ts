import { openSqlite } from './sqlite/open-sqlite.ts'
import type { Store } from './store.ts'

/** Which store, and where. */
export type StoreOptions =
  | { readonly kind: 'sqlite'; readonly file: string; readonly thread?: URL }
  /** `url` as in libpq, e.g. `postgres://askfirst:secret@db.example/askfirst`. */
  | { readonly kind: 'postgres'; readonly url: string; readonly connections?: number }

/**
 * Opens a store and brings its schema to this version.
 *
 * @throws AskFirstError UNAVAILABLE when it cannot be opened, or was written by a newer version
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (options.kind === 'sqlite') return await openSqlite(options.file, options.thread)
  // Loaded when it is used: the driver and the query builder cost memory that an embedded store has no use for here.
  const { openPostgres } = await import('./postgres/open-postgres.ts')
  return await openPostgres(options)
}
