import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { ChunkInput } from '../entities.ts'
import type { Call } from '../method-list.ts'
import { areasFromCalls, invoke, METHODS } from '../method-list.ts'
import { POSTGRES_TYPES } from '../migrations/column-types.ts'
import { migrate } from '../migrations/migrate.ts'
import { sqlStore } from '../sql/sql-store.ts'
import type { Tables } from '../sql/tables.ts'
import type { Store } from '../store.ts'
import { ChunkGroups } from './chunk-groups.ts'
import { postgresFlavour } from './flavour.ts'
import { isWorthRetrying, translatePostgresError } from './postgres-errors.ts'

const DEFAULT_CONNECTIONS = 10
const CONNECT_TIMEOUT_MS = 10_000
/** A statement that takes longer is cancelled by the database, in ms. */
const STATEMENT_TIMEOUT_MS = 60_000
/** Tries of a transaction that the database ended because of a deadlock or a lost race. */
const MAX_TRIES = 4
/** Object id of `int8`. */
const INT8 = 20

/**
 * Opens the store in PostgreSQL 14 or newer. Several servers may use one database.
 *
 * @throws AskFirstError UNAVAILABLE when it cannot be reached or was written by a newer version
 */
export async function openPostgres(options: { readonly url: string; readonly connections?: number }): Promise<Store> {
  const pool = poolFor(options)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrate(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }), POSTGRES_TYPES)
  } catch (error) {
    await pool.end()
    throw translatePostgresError(error)
  }
  return {
    ...areasFromCalls(callOver(db)),
    ping: async () => {
      await translated(pool.query('select 1'))
    },
    close: () => db.destroy(),
  }
}

function poolFor({ url, connections }: { readonly url: string; readonly connections?: number }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections ?? DEFAULT_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // Keys and counts stay below 2^53 by their bounds.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format),
    },
  })
  // An idle connection that breaks is replaced by the pool; the next query tells whether the database is gone.
  pool.on('error', () => undefined)
  return pool
}

function callOver(db: Kysely<Tables>): Call {
  const groups = new ChunkGroups((chunks) =>
    transaction(db, (transactionDb) => postgresFlavour.appendChunks(transactionDb, chunks)),
  )
  const readers = sqlStore({ db, flavour: postgresFlavour })
  return async (name, args) => {
    // The interface's own type: `areasFromCalls` passes arguments on untouched.
    if (name === 'runs.appendChunks') return await groups.append(args[0] as readonly ChunkInput[])
    if (METHODS[name] === 'read') return await translated(invoke(readers, name, args))
    return await transaction(db, (transactionDb) =>
      invoke(sqlStore({ db: transactionDb, flavour: postgresFlavour }), name, args),
    )
  }
}

async function transaction<Result>(db: Kysely<Tables>, work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (tries >= MAX_TRIES || !isWorthRetrying(error)) throw translatePostgresError(error)
    }
  }
}

async function translated<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw translatePostgresError(error)
  }
}
