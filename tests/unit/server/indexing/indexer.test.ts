import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInProcessBus } from '@askfirst/server/bus/in-process.ts'
import { systemClock } from '@askfirst/server/clock.ts'
import { Indexer } from '@askfirst/server/indexing/indexer.ts'
import type { Run } from '@askfirst/server/store/entities.ts'
import { openStore } from '@askfirst/server/store/open-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { chunkOfLines } from '../../../support/indexed-chunk.ts'
import { addRun, addScene } from '../../../support/store-records.ts'

const CHUNKS = 20
const ROWS_PER_CHUNK = 3

let folder = ''
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfirst-indexer-'))
  store = await openStore({ kind: 'sqlite', file: join(folder, 'store.db') })
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

function startIndexer(isIngestBusy: () => boolean): Indexer {
  return new Indexer({
    ...{ store, bus: createInProcessBus(() => undefined), clock: systemClock, log: pino({ level: 'silent' }) },
    runs: { endBecause: async () => true },
    isIngestBusy,
    analysisModule: null,
    onAnalysis: () => undefined,
  })
}

const lineOf = (n: number) => JSON.stringify({ message: `row ${n}` })

async function addChunks(run: Run): Promise<void> {
  const chunks = Array.from({ length: CHUNKS }, (_, seq) => {
    const firstRow = seq * ROWS_PER_CHUNK
    const lines = Array.from({ length: ROWS_PER_CHUNK }, (_, at) => lineOf(firstRow + at))
    return chunkOfLines(run, { seq, firstRow }, lines).chunk
  })
  await store.runs.appendChunks(chunks)
}

async function addRuns(count: number): Promise<readonly Run[]> {
  const scene = await addScene(store)
  const runs = await Promise.all(Array.from({ length: count }, () => addRun(store, scene)))
  for (const run of runs) await addChunks(run)
  return runs
}

const untilIndexed = () =>
  vi.waitFor(async () => expect(await store.runs.toIndex(100)).toEqual([]), { timeout: 15_000, interval: 20 })

test('many runs that are hinted at again and again are indexed whole, each row once', async () => {
  const runs = await addRuns(7)
  const indexer = startIndexer(() => false)
  for (let round = 0; round < 3; round += 1) for (const { id } of runs) indexer.hint(id)
  await untilIndexed()
  await indexer.close()
  for (const { id } of runs) {
    const rows = await store.runs.rows(id, {}, -1, 500)
    expect(rows.map(({ n, json }) => [n, json])).toEqual(
      Array.from({ length: CHUNKS * ROWS_PER_CHUNK }, (_, n) => [n, lineOf(n)]),
    )
    expect((await store.runs.rows(id, { q: 'row 41' }, -1, 5)).map(({ n }) => n)).toEqual([41])
  }
})

test('while chunks wait to be stored it goes on, with rests', async () => {
  await addRuns(2)
  let asked = 0
  const indexer = startIndexer(() => {
    asked += 1
    return true
  })
  await untilIndexed()
  await indexer.close()
  // Three turns a run: 8, 8 and 4 chunks.
  expect(asked).toBeGreaterThanOrEqual(4)
})

test('what one indexer left the next one goes on with', async () => {
  const [run] = await addRuns(1)
  if (run === undefined) throw new Error('no run')
  const first = startIndexer(() => true)
  await vi.waitFor(async () => expect((await store.runs.get(run.id))?.indexedRows).toBeGreaterThan(0), {
    timeout: 15_000,
    interval: 1,
  })
  await first.close()
  const second = startIndexer(() => false)
  await untilIndexed()
  await second.close()
  expect(await store.runs.rows(run.id, {}, -1, 500)).toHaveLength(CHUNKS * ROWS_PER_CHUNK)
})
