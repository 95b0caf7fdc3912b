import type { Store } from './store.ts'
import { openSqlite } from './sqlite/open-sqlite.ts'
import { openPostgres } from './postgres/open-postgres.ts'

/** Which store, and where. */
export type StoreOptions =
  | { readonly kind: 'sqlite'; readonly file: string }
  /** `url` as in libpq, e.g. `postgres://askfirst:secret@db.example/askfirst`. */
  | { readonly kind: 'postgres'; readonly url: string; readonly connections?: number }

/**
 * Opens a store and brings its schema to this version.
 *
 * @throws AskFirstError UNAVAILABLE when it cannot be opened, or was written by a newer version
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  return options.kind === 'sqlite' ? await openSqlite(options.file) : await openPostgres(options)
}
