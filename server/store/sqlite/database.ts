import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { Kysely, SqliteAdapter, SqliteDialect } from 'kysely'

/** Compiled statements kept per connection; the store has about 120 distinct ones. */
const MAX_STATEMENTS = 300

/** How long a connection waits for another process's lock, e.g. a backup's, in ms. */
const BUSY_TIMEOUT_MS = 5_000

/** Write-ahead log pages (of 8 KiB) after which they are moved to the database file. */
const CHECKPOINT_PAGES = 2_000

/**
 * Opens a database file for writing: WAL, and every commit is on the disk before it returns. What is deleted is overwritten with
 * zeros, so that words which were erased are not left in free pages.
 *
 * @throws Error of node:sqlite when the file cannot be opened or is no database
 */
export function openForWriting(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  database.exec(`pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
    pragma secure_delete = on; pragma journal_size_limit = 67108864; pragma temp_store = memory; pragma cache_size = -8192`)
  return database
}

/** Moves all of the write-ahead log into the database file and empties it: older versions of pages are gone from it. */
export function emptyWriteAheadLog(database: DatabaseSync): void {
  database.exec('pragma wal_checkpoint(truncate)')
}

/** Opens a database file for reading only. */
export function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  database.exec('pragma query_only = on; pragma temp_store = memory; pragma cache_size = -8192')
  return database
}

/** Opens a database file for reads that take no time: a little memory, and no wait for any lock. */
export function openForPointReads(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 0 })
  database.exec('pragma query_only = on; pragma cache_size = -1024')
  return database
}

/** Kysely over a connection that the caller owns: one statement at a time, transactions by the caller. */
export function kyselyOver<Tables>(database: DatabaseSync): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new TransactionalDialect({ database: new StatementCache(database) }) })
}

/** SQLite can undo changes of the schema, which Kysely does not use by itself: a migration that fails must leave nothing. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class TransactionalDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

class StatementCache implements SqliteDatabase {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, SqliteStatement>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = adapt(this.#database.prepare(sql))
    // Lists of different lengths make different texts; the oldest text goes when there are too many.
    const oldest = this.#statements.keys().next().value
    if (this.#statements.size >= MAX_STATEMENTS && oldest !== undefined) this.#statements.delete(oldest)
    this.#statements.set(sql, statement)
    return statement
  }

  close(): void {
    this.#statements.clear()
  }
}

function adapt(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(inputValue)),
    run: (parameters) => statement.run(...parameters.map(inputValue)),
    iterate: (parameters) => statement.iterate(...parameters.map(inputValue)),
  }
}

/** PostgreSQL cannot keep U+0000 in a text; both backends refuse it, so that they stay equal. */
function inputValue(value: unknown): SQLInputValue {
  if (typeof value === 'string' && value.includes('\0')) {
    throw new AskFirstError('INVALID_REQUEST', 'A text holds the character U+0000, which the store does not keep')
  }
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`SQLite cannot keep a value of type ${typeof value}`)
}
