import type { IndexedRow, RowFilter, RowSort } from '@askfirst/server/store/entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { chunkOfRows } from '../../support/indexed-chunk.ts'
import { addRun, addScene, freshId } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const ROWS: readonly Pick<IndexedRow, 'at' | 'level' | 'provider'>[] = [
  { at: '2026-11-22T03:00:10.000Z', level: 'information', provider: 'disk' },
  { at: '2026-11-22T03:00:05.000Z', level: 'critical', provider: 'Kernel' },
  { at: null, level: null, provider: null },
  { at: '2026-11-22T03:02:00.000Z', level: 'error', provider: 'disk' },
  { at: '2026-11-22T03:00:05.000Z', level: 'running', provider: 'apt' },
]

describeStores('rows in order', ({ newStore }) => {
  let store: Store
  let run: Awaited<ReturnType<typeof addRun>>
  beforeEach(async () => {
    store = await newStore()
    const scene = await addScene(store)
    run = await addRun(store, scene)
    const other = await addRun(store, scene)
    const rows = ROWS.map((row, n) => ({ ...row, json: JSON.stringify({ message: `number ${n}` }) }))
    for (const { id, deviceId } of [run, other]) {
      // Two chunks, so that nothing holds within one only.
      const first = chunkOfRows({ id, deviceId }, { seq: 0, firstRow: 0 }, rows.slice(0, 2))
      const second = chunkOfRows({ id, deviceId }, { seq: 1, firstRow: 2 }, rows.slice(2))
      await store.runs.appendChunks([first.chunk, second.chunk])
      await store.runs.indexRows(id, [first.block, second.block])
    }
  })

  const order = async (
    sort: RowSort,
    more: { filter?: RowFilter; descending?: boolean; from?: number; limit?: number } = {},
  ) => [...(await store.runs.rowOrder(run.id, { filter: {}, sort, descending: false, from: 0, limit: 100, ...more }))]

  test('are put in order by number, time, level and provider; what lacks a value comes last both ways', async () => {
    expect(await order('n')).toEqual([0, 1, 2, 3, 4])
    expect(await order('n', { descending: true })).toEqual([4, 3, 2, 1, 0])
    expect(await order('at')).toEqual([1, 4, 0, 3, 2])
    expect(await order('at', { descending: true })).toEqual([3, 0, 1, 4, 2])
    expect(await order('level')).toEqual([1, 3, 0, 4, 2])
    expect(await order('level', { descending: true })).toEqual([4, 0, 3, 1, 2])
    expect(await order('provider')).toEqual([1, 4, 0, 3, 2])
  })

  test('are put in order after a filter, from a position on, up to a limit', async () => {
    expect(await order('at', { filter: { providers: ['disk'] } })).toEqual([0, 3])
    expect(await order('at', { filter: { q: 'number 4' } })).toEqual([4])
    expect(await order('n', { from: 2 })).toEqual([2, 3, 4])
    expect(await order('n', { limit: 2 })).toEqual([0, 1])
    const all = { filter: {}, sort: 'n', descending: false, from: 0, limit: 9 } as const
    expect([...(await store.runs.rowOrder(freshId('run'), all))]).toEqual([])
  })

  test('are read at positions in the order asked for', async () => {
    expect((await store.runs.rowsAt(run.id, [3, 0, 99, -1])).map(({ n }) => n)).toEqual([3, 0])
    expect((await store.runs.rowsAt(run.id, [1]))[0]).toEqual({ n: 1, ...ROWS[1], json: '{"message":"number 1"}' })
    expect(await store.runs.rowsAt(run.id, [])).toEqual([])
    expect(await store.runs.rowsAt(freshId('run'), [0])).toEqual([])
  })

  test('are counted by level and provider, most frequent first', async () => {
    expect(await store.runs.rowFacets(run.id, {}, 2)).toEqual({
      total: 5,
      levels: expect.arrayContaining([expect.objectContaining({ count: 1 })]),
      providers: [{ value: 'disk', count: 2 }, expect.objectContaining({ count: 1 })],
      firstAt: '2026-11-22T03:00:05.000Z',
      lastAt: '2026-11-22T03:02:00.000Z',
    })
    expect(await store.runs.rowFacets(run.id, { levels: ['error'] }, 10)).toMatchObject({
      total: 1,
      levels: [{ value: 'error', count: 1 }],
    })
    expect(await store.runs.rowFacets(freshId('run'), {}, 2)).toMatchObject({ total: 0, firstAt: null })
  })

  test('are counted by the beginning of their time and by level', async () => {
    expect(await store.runs.rowTimes(run.id, { providers: ['disk', 'apt'] }, 16)).toEqual(
      expect.arrayContaining([
        { prefix: '2026-11-22T03:00', level: 'information', count: 1 },
        { prefix: '2026-11-22T03:00', level: 'running', count: 1 },
        { prefix: '2026-11-22T03:02', level: 'error', count: 1 },
      ]),
    )
    expect(await store.runs.rowTimes(run.id, {}, 10)).toHaveLength(4)
    expect(await store.runs.rowTimes(freshId('run'), {}, 10)).toEqual([])
  })
})
