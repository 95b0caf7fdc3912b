import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@askfirst/server/store/open-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { afterAll, beforeAll, describe } from 'vitest'
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
  const opened: Store[] = []
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'askfirst-store-'))
  })
  afterAll(async () => {
    for (const store of opened) await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    kind: 'sqlite',
    newStore: async () =>
      remember(opened, await openStore({ kind: 'sqlite', file: join(folder, `${opened.length}.db`) })),
  }
}

function postgresBackend(bin: string): Backend {
  const opened: Store[] = []
  let cluster: Awaited<ReturnType<typeof startPostgres>> | undefined
  beforeAll(async () => {
    cluster = await startPostgres(bin)
  }, 60_000)
  afterAll(async () => {
    for (const store of opened) await store.close()
    await cluster?.stop()
  }, 60_000)
  const newStore = async (): Promise<Store> => {
    if (cluster === undefined) throw new Error('The cluster is not started yet')
    return remember(opened, await openStore({ kind: 'postgres', url: await cluster.newDatabase() }))
  }
  return { kind: 'postgres', newStore }
}

function remember(opened: Store[], store: Store): Store {
  opened.push(store)
  return store
}
