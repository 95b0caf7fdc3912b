import type { IndexedRow, RowFilter, Run } from '@askfirst/server/store/entities.ts'
import type { RowBlock } from '@askfirst/server/store/row-blocks/row-block.ts'
import { wordHash } from '@askfirst/server/store/row-blocks/word-hashes.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import type { IndexedChunk } from '../../support/indexed-chunk.ts'
import { chunkOfLines, chunkOfRows } from '../../support/indexed-chunk.ts'
import type { Scene } from '../../support/store-records.ts'
import {
  AT,
  addDevice,
  addRun,
  addScene,
  auditDraft,
  chunk,
  completeness,
  freshId,
  LATER,
  logDraft,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

function row(n: number, changes: Partial<IndexedRow> = {}): IndexedRow {
  return { n, at: AT, level: 'error', provider: 'disk', json: JSON.stringify({ message: `row ${n}` }), ...changes }
}

/** Stores chunks of a run and indexes them. */
async function addIndexed(store: Store, run: Run, chunks: readonly IndexedChunk[]): Promise<void> {
  await store.runs.appendChunks(chunks.map((one) => one.chunk))
  await indexBlocks(
    store,
    run,
    chunks.map(({ block }) => block),
  )
}

/** A store keeps the bytes that it is given; a test may want them again. */
function indexBlocks(store: Store, { id }: Pick<Run, 'id'>, blocks: readonly RowBlock[]): Promise<void> {
  return store.runs.indexRows(id, structuredClone(blocks))
}

const FIRST = { seq: 0, firstRow: 0 }
/** Found by trying: different words with one hash. */
const SAME_HASH = ['u31992', 'u605430'] as const

describeStores('runs, chunks and rows', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeEach(async () => {
    store = await newStore()
    scene = await addScene(store)
  })

  test('a run is accepted once and from ordered only', async () => {
    const run = await addRun(store, scene)
    expect(await store.runs.get(run.id)).toEqual(run)
    const accept = () =>
      store.runs.advance(
        run.id,
        { state: 'accepted', code: null, at: LATER },
        logDraft(scene.ticket.id, 'run.accepted', {}),
      )
    const outcomes = await Promise.all([accept(), accept()])
    expect(outcomes.filter((outcome) => outcome !== null)).toEqual([{ ...run, state: 'accepted', acceptedAt: LATER }])
    expect(await store.runs.advance(run.id, { state: 'refused', code: 'RUN_TOO_MANY', at: LATER }, null)).toBeNull()
    expect(await store.runs.advance(run.id, { state: 'review', code: null, at: LATER }, null)).toMatchObject({
      state: 'review',
    })
    expect((await store.runs.openForDevice(scene.device.id)).map(({ id }) => id)).toEqual([run.id])
    expect((await store.runs.listForTicket(scene.ticket.id)).map(({ id }) => id)).toEqual([run.id])
  })

  test('[R3] [R4] [W11] chunks are stored in order, each once, as they came', async () => {
    const [run, other] = [await addRun(store, scene), await addRun(store, scene)]
    const outcomes = await store.runs.appendChunks([
      chunk(run, 0),
      chunk(other, 0),
      chunk(run, 1),
      chunk(run, 3),
      chunk(run, 1),
    ])
    expect(outcomes.map(({ outcome, nextSeq }) => `${outcome} ${nextSeq}`)).toEqual([
      'stored 1',
      'stored 1',
      'stored 2',
      'gap 2',
      'duplicate 2',
    ])
    const stored = await store.runs.chunks(run.id, 0, 10)
    const { deviceId: _device, receivedAt: _received, ...first } = chunk(run, 0)
    expect(stored.map(({ seq }) => seq)).toEqual([0, 1])
    expect({
      ...stored[0],
      body: new Uint8Array(stored[0]?.body ?? []),
      sha256: new Uint8Array(stored[0]?.sha256 ?? []),
    }).toEqual(first)
    expect(await store.runs.get(run.id)).toMatchObject({ nextSeq: 2, rows: 20, rawBytes: 200, firstRowAt: AT })
    expect((await store.runs.chunks(run.id, 1, 1)).map(({ seq }) => seq)).toEqual([1])
    expect(await store.runs.chunks(freshId('run'), 0, 1)).toEqual([])
  })

  test('a chunk of another device, of no run, or with overlapping rows is not stored', async () => {
    const run = await addRun(store, scene)
    const stranger = await addDevice(store)
    const foreign = { ...run, deviceId: stranger.id }
    const unknown = { ...run, id: freshId('run') }
    const outcomes = await store.runs.appendChunks([
      chunk(foreign, 0),
      chunk(unknown, 0),
      chunk(run, 0, { firstRow: 5 }),
      chunk(run, 70_000),
    ])
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['foreign', 'foreign', 'gap', 'closed'])
    expect(await store.runs.chunkDigests(run.id)).toEqual([])
  })

  test('of many callers with the same chunk one stores it', async () => {
    const run = await addRun(store, scene)
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => store.runs.appendChunks([chunk(run, 0)])))
    expect(outcomes.flat().filter(({ outcome }) => outcome === 'stored')).toHaveLength(1)
    expect(await store.runs.appendChunks([])).toEqual([])
  })

  test('callers at once each get their own outcomes', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => addRun(store, scene)))
    const outcomes = await Promise.all(
      runs.map((run) => store.runs.appendChunks([chunk(run, 0), chunk(run, 1), chunk(run, 5)])),
    )
    for (const [at, list] of outcomes.entries()) {
      expect(list.map(({ runId, outcome }) => [runId, outcome])).toEqual(
        ['stored', 'stored', 'gap'].map((outcome) => [runs[at]?.id, outcome]),
      )
    }
  })

  test('[R2] [G4] a run ends once, and its log entry names every chunk', async () => {
    const run = await addRun(store, scene)
    await store.runs.appendChunks([chunk(run, 0), chunk(run, 1)])
    const log = logDraft(scene.ticket.id, 'run.ended', { runId: run.id })
    const end = () => store.runs.end(run.id, { completeness: completeness(), at: LATER, log })
    const outcomes = await Promise.all([end(), end()])
    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1)
    expect(await store.runs.get(run.id)).toMatchObject({
      state: 'complete',
      endedAt: LATER,
      completeness: completeness(),
    })
    const entry = (await store.log.read(scene.ticket.id, 0, 50)).at(-1)
    expect(entry?.body).toEqual({ runId: run.id, chunks: await store.runs.chunkDigests(run.id) })
    expect(await store.runs.chunkDigests(run.id)).toMatchObject([
      { seq: 0, rows: 10, rawBytes: 100, bytes: chunk(run, 0).body.length },
      { seq: 1 },
    ])
    const late = await store.runs.appendChunks([chunk(run, 2), chunk(run, 1)])
    expect(late.map(({ outcome }) => outcome)).toEqual(['closed', 'duplicate'])
  })

  test('an end and chunks at once leave a log that names exactly what is stored', async () => {
    const run = await addRun(store, scene)
    const log = logDraft(scene.ticket.id, 'run.ended', { runId: run.id })
    const appends = Array.from({ length: 6 }, (_, seq) => store.runs.appendChunks([chunk(run, seq)]))
    await Promise.all([...appends, store.runs.end(run.id, { completeness: completeness(), at: LATER, log })])
    const entry = (await store.log.read(scene.ticket.id, 0, 50)).at(-1)
    expect(entry?.body.chunks).toEqual(await store.runs.chunkDigests(run.id))
  })

  test('rows are found by words, level, provider and time, in pages', async () => {
    const run = await addRun(store, scene)
    const other = await addRun(store, scene)
    await addIndexed(store, other, [chunkOfRows(other, FIRST, [row(0, { json: '{"message":"Festplatte voll"}' })])])
    const rows = [
      row(0, {
        json: JSON.stringify({ message: 'Die FESTPLATTE ist größtenteils voll', code: 507 }),
        at: '2026-11-22T01:00:00.000Z',
      }),
      row(1, { level: 'warning', json: JSON.stringify({ text: ['Café\nzu', { path: 'C:\\Windows\\System32' }] }) }),
      row(2, {
        provider: 'Ünïcode',
        level: null,
        at: null,
        json: JSON.stringify({ message: 'AND OR NOT "quoted" NEAR(x)' }),
      }),
    ]
    await addIndexed(store, run, [
      chunkOfRows(run, FIRST, rows.slice(0, 2)),
      chunkOfRows(run, { seq: 1, firstRow: 2 }, rows.slice(2)),
    ])
    const find = async (filter: Parameters<Store['runs']['rows']>[1]) =>
      (await store.runs.rows(run.id, filter, -1, 10)).map(({ n }) => n)
    expect(await find({})).toEqual([0, 1, 2])
    expect(await find({ q: 'festplatte 507' })).toEqual([0])
    expect(await find({ q: 'groß' })).toEqual([0])
    expect(await find({ q: 'fest 50' })).toEqual([0])
    expect(await find({ q: 'platte' })).toEqual([])
    expect(await find({ q: 'cafe zu system32' })).toEqual([1])
    expect(await find({ q: 'message' })).toEqual([])
    expect(await find({ q: 'AND "OR" not*' })).toEqual([2])
    expect(await find({ q: '"\' --' })).toEqual([0, 1, 2])
    expect(await find({ levels: ['warning', 'error'] })).toEqual([0, 1])
    expect(await find({ providers: ['Ünïcode'] })).toEqual([2])
    expect(await find({ from: '2026-11-22T02:00:00.000Z' })).toEqual([1])
    expect(await find({ to: '2026-11-22T02:00:00.000Z' })).toEqual([0])
    expect((await store.runs.rows(run.id, {}, 0, 1)).map(({ n }) => n)).toEqual([1])
    expect(await store.runs.rows(freshId('run'), {}, -1, 10)).toEqual([])
  })

  test('the index tells what it lacks and passes over what it has', async () => {
    const run = await addRun(store, scene)
    const rows = Array.from({ length: 10 }, (_, n) => row(n))
    const first = chunkOfRows(run, FIRST, rows.slice(0, 6))
    const second = chunkOfRows(run, { seq: 1, firstRow: 6 }, rows.slice(6))
    await store.runs.appendChunks([first.chunk, second.chunk])
    expect(await store.runs.toIndex(5)).toEqual([{ runId: run.id, collector: run.collector, fromRow: 0 }])
    await indexBlocks(store, run, [first.block])
    expect(await store.runs.toIndex(5)).toEqual([{ runId: run.id, collector: run.collector, fromRow: 6 }])
    const both = [first.block, second.block]
    await Promise.all([indexBlocks(store, run, both), indexBlocks(store, run, both)])
    await indexBlocks(store, run, [])
    expect(await store.runs.toIndex(5)).toEqual([])
    expect(await store.runs.rows(run.id, { q: 'row 7' }, -1, 50)).toEqual([row(7)])
    expect(await store.runs.rows(run.id, {}, -1, 500)).toEqual(rows)
    await expect(indexBlocks(store, { id: freshId('run') }, both)).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
  })

  test('the index never has a gap and never runs ahead of the chunks', async () => {
    const run = await addRun(store, scene)
    const rows = Array.from({ length: 10 }, (_, n) => row(n))
    const first = chunkOfRows(run, FIRST, rows.slice(0, 6))
    const second = chunkOfRows(run, { seq: 1, firstRow: 6 }, rows.slice(6))
    await expect(indexBlocks(store, run, [first.block])).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    await store.runs.appendChunks([first.chunk, second.chunk])
    for (const blocks of [
      [second.block],
      [second.block, first.block],
      [{ ...first.block, firstRow: -1 }],
      [{ ...first.block, rows: 0 }],
      [first.block, second.block, { ...second.block, firstRow: 10 }],
    ]) {
      await expect(indexBlocks(store, run, blocks)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    }
    expect(await store.runs.get(run.id)).toMatchObject({ rows: 10, indexedRows: 0 })
    expect(await store.runs.rows(run.id, {}, -1, 50)).toEqual([])
  })

  test('pages of any size walk through many chunks, each row once, with a filter and without', async () => {
    const run = await addRun(store, scene)
    const level = (n: number) => (n % 7 === 0 ? 'error' : 'information')
    const rows = Array.from({ length: 600 }, (_, n) =>
      row(n, { level: level(n), json: JSON.stringify({ text: `t${n % 5} u${n}`, n }) }),
    )
    const chunks = Array.from({ length: 200 }, (_, seq) =>
      chunkOfRows(run, { seq, firstRow: 3 * seq }, rows.slice(3 * seq, 3 * seq + 3)),
    )
    await addIndexed(store, run, chunks)
    const walk = async (filter: RowFilter, limit: number) => {
      const seen: IndexedRow[] = []
      for (;;) {
        const page = await store.runs.rows(run.id, filter, seen.at(-1)?.n ?? -1, limit)
        seen.push(...page)
        if (page.length < limit) return seen
      }
    }
    expect(await walk({}, 7)).toEqual(rows)
    expect(await walk({}, 500)).toEqual(rows)
    expect(await walk({ levels: ['error'] }, 11)).toEqual(rows.filter(({ n }) => n % 7 === 0))
    expect(await walk({ q: 't3', levels: ['error'] }, 2)).toEqual(rows.filter(({ n }) => n % 7 === 0 && n % 5 === 3))
    expect(await walk({ q: 'u599' }, 5)).toEqual(rows.slice(599))
    expect(await walk({ q: 't1 u599' }, 5)).toEqual([])
  })

  test('a search is not deceived by words that share a hash', async () => {
    const run = await addRun(store, scene)
    const [one, other] = SAME_HASH
    expect(wordHash(one)).toBe(wordHash(other))
    const rows = [one, other].map((word, n) => row(n, { json: JSON.stringify({ word }) }))
    await addIndexed(store, run, [chunkOfRows(run, FIRST, rows)])
    expect((await store.runs.rows(run.id, { q: one }, -1, 1)).map(({ n }) => n)).toEqual([0])
    expect((await store.runs.rows(run.id, { q: other }, -1, 1)).map(({ n }) => n)).toEqual([1])
  })

  test('rows of a hostile agent are kept as they came: NUL characters, 64 KiB, thousands of words', async () => {
    const run = await addRun(store, scene)
    const lines = [
      JSON.stringify({ message: 'before\u0000after', level: 'a\u0000b', provider: '\u0000' }),
      JSON.stringify({ message: 'x'.repeat(65_000), word: 'needle' }),
      JSON.stringify({ message: Array.from({ length: 9_000 }, (_, n) => `w${n}`).join(' ') }),
    ]
    await addIndexed(store, run, [chunkOfLines(run, FIRST, lines)])
    const rows = await store.runs.rows(run.id, {}, -1, 10)
    expect(rows.map(({ json }) => json)).toEqual(lines)
    expect(rows[0]).toMatchObject({ level: 'a\ufffdb', provider: '\ufffd' })
    const find = async (q: string) => (await store.runs.rows(run.id, { q }, -1, 10)).map(({ n }) => n)
    expect(await find('after before')).toEqual([0])
    expect(await find('needle')).toEqual([1])
    expect(await find('w8999 w1')).toEqual([2])
    expect(await find('nee x')).toEqual([1])
  })

  test('lines that no indexer would take are given as they are', async () => {
    const run = await addRun(store, scene)
    const lines = [JSON.stringify({ message: 'before\u0000after \ud800' }), 'not json \u0000', '']
    await addIndexed(store, run, [
      chunkOfRows(
        run,
        FIRST,
        lines.map((json, n) => row(n, { json })),
      ),
    ])
    expect((await store.runs.rows(run.id, {}, -1, 10)).map(({ json }) => json)).toEqual(lines)
    expect((await store.runs.rows(run.id, { q: 'after before' }, -1, 10)).map(({ n }) => n)).toEqual([0])
    expect(await store.runs.rows(run.id, { q: 'json' }, -1, 10)).toEqual([])
  })

  test('open runs are found by age, page by page, until they end', async () => {
    const runs = [await addRun(store, scene), await addRun(store, scene), await addRun(store, scene)]
    const ids = runs.map(({ id }) => id)
    const found = async (before: string, after: (typeof ids)[number] | null = null) =>
      (await store.runs.openSince(before, after, 2)).map(({ id }) => id)
    expect(await found(AT)).toEqual([])
    expect(await found(LATER)).toEqual(ids.slice(0, 2))
    expect(await found(LATER, ids[1])).toEqual(ids.slice(2))
    const log = logDraft(scene.ticket.id, 'run.ended', { runId: ids[0] })
    await store.runs.end(ids[0] ?? freshId('run'), { completeness: completeness(), at: LATER, log })
    expect(await found(LATER)).toEqual(ids.slice(1))
  })

  test('[R12] a run is marked as withheld once, with its reason, and is not indexed any more', async () => {
    const run = await addRun(store, scene)
    await store.runs.appendChunks([chunk(run, 0)])
    expect((await store.runs.toIndex(10)).map(({ runId }) => runId)).toEqual([run.id])
    const withhold = (reason: string) =>
      store.runs.withhold(run.id, { reason, audit: auditDraft(), log: logDraft(scene.ticket.id, 'note.added', {}) })
    const before = (await store.log.head(scene.ticket.id)).size
    const audited = (await store.audit.head()).size
    expect(await Promise.all([withhold('it lies'), withhold('it lies')])).toEqual(expect.arrayContaining([true, false]))
    expect(await withhold('it lies again')).toBe(false)
    expect(await store.runs.get(run.id)).toMatchObject({ withheld: 'it lies', endedAt: null })
    expect(await store.runs.toIndex(10)).toEqual([])
    expect((await store.log.head(scene.ticket.id)).size).toBe(before + 1)
    expect((await store.audit.head()).size).toBe(audited + 1)
    expect(
      await store.runs.withhold(freshId('run'), {
        reason: 'x',
        audit: auditDraft(),
        log: logDraft(scene.ticket.id, 'note.added', {}),
      }),
    ).toBe(false)
  })
})
