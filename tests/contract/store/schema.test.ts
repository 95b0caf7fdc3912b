import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import { METHODS } from '@askfirst/server/store/method-list.ts'
import { openStore } from '@askfirst/server/store/open-store.ts'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PostgresCluster } from '../../support/postgres.ts'
import { findPostgres, startPostgres } from '../../support/postgres.ts'
import {
  addRun,
  addScene,
  auditDraft,
  chunk,
  completeness,
  LATER,
  logDraft,
  user,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

describeStores('the whole store', ({ newStore }) => {
  test('a store in use passes the check of all chains and chunks', async () => {
    const store = await newStore()
    const scene = await addScene(store)
    const run = await addRun(store, scene)
    await store.runs.appendChunks(Array.from({ length: 20 }, (_, seq) => chunk(run, seq)))
    await store.runs.end(run.id, {
      completeness: completeness(),
      at: LATER,
      log: logDraft(scene.ticket.id, 'run.ended', { runId: run.id }),
    })
    expect(await checkIntegrity(store)).toEqual({
      tickets: 1,
      logEntries: 4,
      auditEntries: 2,
      runs: 1,
      chunks: 20,
      files: 0,
      problems: [],
    })
  })

  test('every method of the list is there, and the store answers a ping', async () => {
    const store = await newStore()
    for (const name of Object.keys(METHODS)) {
      const [area = '', method = ''] = name.split('.')
      expect(typeof Reflect.get(Object(Reflect.get(store, area)), method), name).toBe('function')
    }
    await expect(store.ping()).resolves.toBeUndefined()
  })

  test('many different writes at once all take effect', async () => {
    const store = await newStore()
    const scene = await addScene(store)
    const runs = await Promise.all(Array.from({ length: 5 }, () => addRun(store, scene)))
    await Promise.all([
      ...Array.from({ length: 30 }, () => store.users.create(user(), auditDraft())),
      ...Array.from({ length: 30 }, (_, n) => store.log.append(logDraft(scene.ticket.id, 'note.added', { n }))),
      ...runs.map((run) => store.runs.appendChunks([chunk(run, 0)])),
      ...runs.map((run) =>
        store.runs.advance(
          run.id,
          { state: 'accepted', code: null, at: LATER },
          logDraft(scene.ticket.id, 'run.accepted', {}),
        ),
      ),
    ])
    expect((await store.users.list({ limit: 100 })).items).toHaveLength(30)
    expect((await store.log.head(scene.ticket.id)).size).toBe(2 + 5 + 30 + 5)
    expect((await checkIntegrity(store)).problems).toEqual([])
  })
})

const bin = await findPostgres()
describe.skipIf(bin === null)('several servers on one PostgreSQL', () => {
  let cluster: PostgresCluster
  beforeAll(async () => {
    cluster = await startPostgres(bin ?? '')
  }, 60_000)
  afterAll(async () => {
    await cluster.stop()
  }, 60_000)

  test('servers that start at once make one schema, and first wins holds between them', async () => {
    const url = await cluster.newDatabase()
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ kind: 'postgres', url, connections: 3 })))
    const admins = await Promise.all(
      stores.map((store) => store.users.createFirstAdmin(user({ role: 'admin' }), auditDraft())),
    )
    expect(admins.filter((admin) => admin !== null)).toHaveLength(1)
    await Promise.all(stores.flatMap((store) => [1, 2, 3, 4].map(() => store.audit.append(auditDraft()))))
    expect((await checkIntegrity(stores[0] ?? (await openStore({ kind: 'postgres', url })))).problems).toEqual([])
    for (const store of stores) await store.close()
  })

  test('a database of a newer version is refused by name', async () => {
    const url = await cluster.newDatabase()
    await (await openStore({ kind: 'postgres', url })).close()
    const connection = new pg.Client({ connectionString: url })
    await connection.connect()
    await connection.query(
      `insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01T00:00:00.000Z')`,
    )
    await connection.end()
    await expect(openStore({ kind: 'postgres', url })).rejects.toThrow(/newer version \(9999-future\)/)
  })

  test('a database that cannot be reached is unavailable, and so is a store that was closed by the other end', async () => {
    await expect(openStore({ kind: 'postgres', url: 'postgres://askfirst@127.0.0.1:1/none' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    const url = await cluster.newDatabase()
    const store = await openStore({ kind: 'postgres', url })
    await cluster.stop()
    await expect(store.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(store.users.hasAdmin()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await store.close()
  })
})
