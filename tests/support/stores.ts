import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@askfirst/server/store/open-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import { BUNDLED_STORE_THREAD } from './bundled-store-thread.ts'
import { findPostgres, startPostgres } from './postgres.ts'

/** A backend's way to a new, empty store. */
export interface Backend {
  readonly kind: 'sqlite' | 'postgres'
  readonly newStore: () => Promise<Store>
}

const postgresFolder = await findPostgres()

/** Runs one suite against every backend that this machine has. Stores are closed and removed at the end. */
export function describeStores(title: string, suite: (backend: Backend) => void): void {
  describe(`${title} (SQLite)`, () => suite(sqliteBackend()))
  describe.skipIf(postgresFolder === null)(`${title} (PostgreSQL)`, () => suite(postgresBackend(postgresFolder ?? '')))
}

function sqliteBackend(): Backend {
  const stores = openStores()
  let folder = ''
  let files = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'askfirst-store-'))
  })
  afterAll(async () => {
    await stores.closeAll()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    kind: 'sqlite',
    newStore: async () => {
      files += 1
      return stores.keep(
        await openStore({ kind: 'sqlite', file: join(folder, `${files}.db`), thread: BUNDLED_STORE_THREAD }),
      )
    },
  }
}

function postgresBackend(bin: string): Backend {
  const stores = openStores()
  let cluster: Awaited<ReturnType<typeof startPostgres>> | undefined
  beforeAll(async () => {
    cluster = await startPostgres(bin)
  }, 60_000)
  afterAll(async () => {
    await stores.closeAll()
    await cluster?.stop()
  }, 60_000)
  const newStore = async (): Promise<Store> => {
    if (cluster === undefined) throw new Error('The cluster is not started yet')
    return stores.keep(await openStore({ kind: 'postgres', url: await cluster.newDatabase() }))
  }
  return { kind: 'postgres', newStore }
}

/** Stores that a suite opened. One that a test opened is closed after it: each has threads or connections of its own. */
function openStores() {
  const opened: Store[] = []
  let before = 0
  const closeFrom = async (first: number) => {
    for (const store of opened.splice(first)) await store.close()
  }
  beforeEach(() => {
    before = opened.length
  })
  afterEach(() => closeFrom(before))
  return {
    keep(store: Store): Store {
      opened.push(store)
      return store
    },
    closeAll: () => closeFrom(0),
  }
}
