import type { RunId } from '@askfirst/protocol/ids.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chunkOfRows } from '../../../support/indexed-chunk.ts'
import { addRun, addScene, auditDraft, logDraft } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let headers: { authorization: string }
let run: Awaited<ReturnType<typeof addRun>>
let ticketId: Parameters<typeof logDraft>[0]

beforeAll(async () => {
  server = await startTestApp()
  headers = await bearerFor(server, await makeUser(server, 'technician'))
})
afterAll(() => server.close())

const LEVELS = ['information', 'error', 'warning'] as const

beforeEach(async () => {
  const scene = await addScene(server.store)
  ticketId = scene.ticket.id
  run = await addRun(server.store, scene)
  await addRows(run.id, 0, 30)
})

/** Chunks of a run so far. */
const chunks = new Map<RunId, number>()

function addRows(id: RunId, from: number, count: number) {
  const rows = Array.from({ length: count }, (_, at) => {
    const n = from + at
    const row = { time: minute(n), level: LEVELS[n % 3], provider: `p${n % 2}`, eventId: 100 - n, message: `=row ${n}` }
    return { at: row.time, level: row.level ?? null, provider: row.provider, json: JSON.stringify(row) }
  })
  return store({ ...run, id }, from, rows)
}

async function store(of: typeof run, firstRow: number, rows: Parameters<typeof chunkOfRows>[2]): Promise<void> {
  const seq = chunks.get(of.id) ?? 0
  chunks.set(of.id, seq + 1)
  const { chunk, block } = chunkOfRows(of, { seq, firstRow }, rows)
  await server.store.runs.appendChunks([chunk])
  await server.store.runs.indexRows(of.id, [block])
}

function minute(n: number): string {
  return new Date(Date.parse('2026-11-22T03:00:00.000Z') + n * 60_000).toISOString()
}

interface Answer {
  readonly items: readonly { readonly n: number; readonly row: Record<string, unknown> }[]
  readonly next: string | null
  readonly total: number | null
  readonly offset: number | null
}

async function get(query: string, id: string = run.id) {
  return server.app.inject({ url: `/api/runs/${id}/rows${query}`, headers })
}
async function numbers(query: string): Promise<readonly number[]> {
  return (await get(query)).json<Answer>().items.map(({ n }) => n)
}

describe('pages of rows', () => {
  test('come by cursor as before', async () => {
    const first = (await get('?limit=2')).json<Answer>()
    expect(first).toMatchObject({ next: '1', total: null, offset: null })
    expect(await numbers('?limit=2&after=1')).toEqual([2, 3])
  })

  test('come by place, forwards and backwards, with their total', async () => {
    const page = (await get('?offset=10&limit=3')).json<Answer>()
    expect(page).toMatchObject({ total: 30, offset: 10, next: null })
    expect(page.items.map(({ n }) => n)).toEqual([10, 11, 12])
    expect(await numbers('?offset=1&limit=3&order=desc')).toEqual([28, 27, 26])
    expect(await numbers('?offset=29&limit=3&order=desc')).toEqual([0])
    expect(await numbers('?offset=99&limit=3')).toEqual([])
  })

  test('come in the order of a column or of a field, under filters', async () => {
    expect(await numbers('?sort=level&limit=2')).toEqual([1, 4])
    expect(await numbers('?sort=eventId&limit=3')).toEqual([29, 28, 27])
    expect(await numbers('?sort=eventId&order=desc&limit=2&level=error')).toEqual([1, 4])
    expect(await numbers('?where=eventId:gt:97&where=provider:eq:p0')).toEqual([0, 2])
    expect(await numbers('?where=message:has:ROW%201&level=error&offset=1&limit=2')).toEqual([10, 13])
  })

  test('hold a row that was asked for by its number', async () => {
    expect((await get('?around=17&limit=5')).json<Answer>()).toMatchObject({ offset: 15, total: 30 })
    expect((await get('?around=17&limit=5&order=desc')).json<Answer>()).toMatchObject({ offset: 10 })
    const filtered = (await get('?around=16&limit=2&level=error')).json<Answer>()
    expect(filtered).toMatchObject({ offset: 4, total: 10 })
    expect(filtered.items.map(({ n }) => n)).toEqual([13, 16])
    expect((await get('?around=17&level=error&limit=2')).json<Answer>()).toMatchObject({ offset: 0 })
  })

  test('grow with the run', async () => {
    expect((await get('?offset=0&level=error')).json<Answer>().total).toBe(10)
    expect((await get('?sort=at&order=desc&limit=1')).json<Answer>().items[0]?.n).toBe(29)
    await addRows(run.id, 30, 30)
    expect((await get('?offset=0&level=error')).json<Answer>().total).toBe(20)
    expect((await get('?sort=at&order=desc&limit=1')).json<Answer>().items[0]?.n).toBe(59)
    expect((await get('?offset=0')).json<Answer>().total).toBe(60)
  })

  test('show chosen columns and cut texts when asked to', async () => {
    const [item] = (await get('?offset=0&columns=message,none&limit=1')).json<Answer>().items
    expect(item?.row).toEqual({ message: '=row 0' })
    const scene = await addScene(server.store)
    const other = await addRun(server.store, scene)
    const json = JSON.stringify({ message: 'x'.repeat(500) })
    await store(other, 0, [{ at: null, level: null, provider: null, json }])
    const cut = (await get('?offset=0&cut=20', other.id)).json<Answer>().items[0]?.row.message
    expect(cut).toBe(`${'x'.repeat(20)} …`)
    expect((await get('/0', other.id)).json()).toMatchObject({ n: 0, row: { message: 'x'.repeat(500) } })
  })

  test('refuse what is not a query', async () => {
    for (const query of ['?where=a:like:b', '?sort=1', '?after=1&sort=at', '?offset=-1', '?columns=,', '?order=up'])
      expect((await get(query)).statusCode, query).toBe(400)
    expect((await get('/99')).statusCode).toBe(404)
    expect((await get('', 'run_00000000000000000000000000')).statusCode).toBe(404)
  })
})

describe('counts and times', () => {
  test('follow the filter', async () => {
    const facets = (await get('/facets?level=error')).json<{
      total: number
      providers: readonly object[]
      kinds: readonly object[]
    }>()
    expect(facets.total).toBe(10)
    expect(facets.providers).toEqual([
      { value: 'p0', count: 5 },
      { value: 'p1', count: 5 },
    ])
    expect(facets.kinds).toContainEqual({ id: '99', provider: 'p1', count: 1 })
    const conditioned = (await get('/facets?where=eventId:gt:97')).json()
    expect(conditioned).toMatchObject({ total: 3, firstAt: minute(0), lastAt: minute(2) })
  })

  test('fall into buckets', async () => {
    const { bucketMs, buckets } = (await get('/histogram?buckets=40')).json<{
      bucketMs: number
      buckets: readonly { count: number; bad: number; worst: string }[]
    }>()
    expect(bucketMs).toBe(60_000)
    expect(buckets.map(({ count }) => count)).toEqual(Array.from({ length: 30 }, () => 1))
    expect(buckets[1]).toMatchObject({ bad: 1, worst: 'error' })
    const few = (await get('/histogram?where=eventId:gt:97&buckets=40')).json<{ buckets: readonly object[] }>()
    expect(few.buckets.length).toBeLessThanOrEqual(40)
  })
})

describe('files', () => {
  test('hold the rows of the filter in its order, guarded, and stand in the audit log', async () => {
    const csv = await get('/download?format=csv&columns=eventId,message&level=error&order=desc')
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(csv.headers['content-disposition']).toBe(`attachment; filename="eventlog.query-${run.id}.csv"`)
    const lines = csv.body.split('\r\n')
    expect(lines.slice(0, 2)).toEqual(['\ufeffn,eventId,message', "28,72,'=row 28"])
    expect(lines).toHaveLength(12)
    const all = (await get('/download?format=ndjson')).body.trim().split('\n')
    expect(all).toHaveLength(30)
    expect(JSON.parse(all[0] ?? '')).toMatchObject({ n: 0, row: { eventId: 100 } })
    const [entry] = await server.store.audit.read(0, 10, { action: 'run.downloaded' })
    expect(entry).toMatchObject({ subject: run.id, detail: { format: 'csv', rows: 10 } })
    expect((await get('/download?format=csv')).body.split('\r\n')[0]).toContain('n,time,level,levelGuessed,provider')
  })
})

describe('[R12] rows that are withheld', () => {
  test('are shown by no address', async () => {
    await server.store.runs.withhold(run.id, {
      reason: 'it lies',
      audit: auditDraft(),
      log: logDraft(ticketId, 'note.added', {}),
    })
    for (const path of ['', '?offset=0', '?sort=at', '/facets', '/histogram', '/0', '/download?format=csv']) {
      const answer = await get(path)
      expect(answer.json(), path).toMatchObject({ code: 'RUN_ROWS_WITHHELD' })
      expect(answer.body).not.toContain('row 1')
    }
  })
})

describe('too many rows', () => {
  test('are said to be too many instead of holding up the server', async () => {
    for (let from = 30; from <= 20_100; from += 1_000) await addRows(run.id, from, 1_000)
    expect((await get('?sort=eventId&limit=1')).json()).toMatchObject({
      code: 'RUN_ROWS_TOO_MANY',
      details: { limit: 20_000 },
    })
    expect((await get('?sort=eventId&limit=1&level=error')).json<Answer>().total).toBeGreaterThan(6_000)
    expect((await get('/facets')).json()).toMatchObject({ kinds: null })
    expect((await get('?sort=at&order=desc&limit=1')).statusCode).toBe(200)
  })
})
