import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '@askfirst/server/store/open-store.ts'
import { PointReads } from '@askfirst/server/store/sqlite/point-reads.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AT, addDevice, auditDraft } from '../../../support/store-records.ts'

let folder = ''
let file = ''
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfirst-points-'))
  file = join(folder, 'store.db')
  store = await openStore({ kind: 'sqlite', file })
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

test('a point read sees every commit that was acknowledged before', async () => {
  const device = await addDevice(store)
  const [certificate] = await store.devices.certificates(device.id)
  const points = new PointReads(file)
  for (let turn = 0; turn < 20; turn += 1) {
    const standing = turn % 2 === 0 ? 'quarantined' : 'active'
    await store.devices.setStanding(device.id, standing, `turn ${turn}`, auditDraft())
    expect(points.call('devices.connecting', [certificate?.sha256])).toMatchObject({ device: { standing } })
  }
  points.close()
})

test('an open point reader holds no snapshot: the write-ahead log can be emptied', async () => {
  const device = await addDevice(store)
  await store.devices.waiting(device.id, AT)
  const other = new DatabaseSync(file)
  expect(other.prepare('pragma wal_checkpoint(truncate)').get()).toMatchObject({ busy: 0, log: 0 })
  other.close()
})

test('what a point read cannot answer is asked of the thread', async () => {
  const device = await addDevice(store)
  const [certificate] = await store.devices.certificates(device.id)
  // Neither a value for a statement nor plain data: the way to the thread is what says so.
  await expect(store.devices.connecting(Symbol('no text') as unknown as string)).rejects.toMatchObject({
    code: 'INTERNAL',
  })
  expect(await store.devices.connecting(certificate?.sha256 ?? '')).toMatchObject({ device: { id: device.id } })
})
