import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { IndexedRow, RowFacets, RowFilter, RowTime, ValueCount } from '../entities.ts'
import { mayPass, passingRows, toBlockFilter } from '../row-blocks/filter-block.ts'
import type { BlockColumns } from '../row-blocks/row-block.ts'
import { columnsOf, readColumns } from '../row-blocks/row-block.ts'
import type { RunStore } from '../store.ts'
import { boundedLimit } from './page.ts'
import type { Block } from './read-rows.ts'
import { MAX_BLOCKS_READ, readBlocks, readHits, readPostings } from './read-rows.ts'
import type { SqlContext } from './tables.ts'
import { ROWS_PER_RUN } from './tables.ts'

type Order = Parameters<RunStore['rowOrder']>[1]

/** Most rows at once, as for pages. */
const MAX_ROWS_READ = 500
/** Most positions of one answer: 4 MB. */
const MAX_POSITIONS = 1_000_000
const MAX_VALUES = 500
/** Longest instant in characters. */
const INSTANT_LENGTH = 24
/** Worst first; what is not here comes after them, by its name. */
const LEVELS = ['critical', 'error', 'failed', 'warning', 'information', 'verbose']

/** Rows of one block that a filter leaves, with their columns; `rows` count from the block's first. */
interface Passing {
  readonly block: Block
  readonly columns: BlockColumns
  readonly rows: readonly number[]
}

/**
 * The blocks of a run with what passes a filter, in order. Words are compared by their hashes only, so that no chunk is
 * unpacked to count or to sort: a row may be among them that has other words with the same hashes.
 */
async function* passingBlocks(
  { db }: SqlContext,
  of: { readonly id: RunId; readonly filter: RowFilter; readonly from: number },
): AsyncGenerator<Passing> {
  const run = await db.selectFrom('runs').select('id').where('public_id', '=', of.id).executeTakeFirst()
  if (run === undefined) return
  const search = { run: run.id, filter: toBlockFilter(of.filter) }
  let next = of.from
  for (;;) {
    const blocks = await readBlocks(db, search, { next, count: MAX_BLOCKS_READ })
    const last = blocks.at(-1)
    if (last === undefined) return
    const candidates = blocks.filter((block) => mayPass(block, search.filter))
    const postings = await readPostings(db, search, candidates)
    for (const candidate of candidates) {
      const block = { ...candidate, postings: postings.get(candidate.firstRow) ?? new Uint8Array() }
      const rows = passingRows(block, search.filter).filter((row) => block.firstRow + row >= of.from)
      yield { block, columns: readColumns(block.columns, block.rows), rows }
    }
    next = last.firstRow + last.rows
    // With PostgreSQL this runs on the server's own loop, where others have their turn between the reads.
    await nextTurn()
  }
}

/** Positions of a run's rows in an order that the columns of the index decide; none of the rows is read whole. */
export async function orderRows(context: SqlContext, id: RunId, order: Order): Promise<Uint32Array> {
  const { sort, filter, from } = order
  const limit = boundedLimit(order.limit, MAX_POSITIONS)
  const positions: number[] = []
  const keys: (number | string | null)[] = []
  for await (const { block, columns, rows } of passingBlocks(context, { id, filter, from })) {
    for (const row of rows) {
      positions.push(block.firstRow + row)
      if (sort !== 'n') keys.push(keyOf(columns, row, sort))
    }
    if (sort === 'n' && !order.descending && positions.length >= limit) break
  }
  if (sort !== 'n') return sorted(positions, keys, order.descending).slice(0, limit)
  if (order.descending) positions.reverse()
  return Uint32Array.from(positions.slice(0, limit))
}

function keyOf(columns: BlockColumns, row: number, sort: Exclude<Order['sort'], 'n'>): number | string | null {
  if (sort === 'provider') return columns.providerNames[columns.providers[row] ?? 0] ?? null
  if (sort === 'level') return levelKey(columns.levelNames[columns.levels[row] ?? 0] ?? null)
  const at = columns.ats[row] ?? Number.NaN
  return Number.isNaN(at) ? null : at
}

/** A text that puts the known levels first, the worst before the others, and the rest by name. */
function levelKey(level: string | null): string | null {
  if (level === null) return null
  const rank = LEVELS.indexOf(level)
  return rank === -1 ? `9${level}` : String(rank)
}

/** Rows without a key come last both ways; equal ones keep the order of the run. */
function sorted(
  positions: readonly number[],
  keys: readonly (number | string | null)[],
  isDescending: boolean,
): Uint32Array {
  const sign = isDescending ? -1 : 1
  const places = Uint32Array.from(positions, (_, place) => place)
  places.sort((left, right) => compare(keys[left] ?? null, keys[right] ?? null, sign) || left - right)
  return places.map((place) => positions[place] ?? 0)
}

function compare(left: number | string | null, right: number | string | null, sign: number): number {
  if (left === right) return 0
  if (left === null) return 1
  if (right === null) return -1
  return left < right ? -sign : sign
}

/** Rows at positions, in the order asked for. */
export async function readRowsAt(
  { db }: SqlContext,
  id: RunId,
  positions: readonly number[],
): Promise<readonly IndexedRow[]> {
  const run = await db.selectFrom('runs').select('id').where('public_id', '=', id).executeTakeFirst()
  const asked = positions.filter((n) => Number.isInteger(n) && n >= 0 && n < ROWS_PER_RUN).slice(0, MAX_ROWS_READ)
  if (run === undefined || asked.length === 0) return []
  const search = { run: run.id, filter: toBlockFilter({}) }
  const found = new Map<number, IndexedRow>()
  const wanted = [...new Set(asked)].sort((a, b) => a - b)
  for (let at = 0; at < wanted.length; ) {
    const next = wanted[at] ?? 0
    const [block] = await readBlocks(db, search, { next, count: 1 })
    if (block === undefined) break
    const end = block.firstRow + block.rows
    const inBlock: number[] = []
    for (; at < wanted.length && (wanted[at] ?? end) < end; at += 1) inBlock.push((wanted[at] ?? 0) - block.firstRow)
    const hit = { block: { ...block, postings: new Uint8Array() }, rows: inBlock.filter((row) => row >= 0) }
    for (const row of await readHits(db, search, [hit])) found.set(row.n, row)
  }
  return asked.flatMap((n) => found.get(n) ?? [])
}

/** Counts of levels and providers, and the time between which the rows lie. */
export async function countRows(
  context: SqlContext,
  of: { readonly id: RunId; readonly filter: RowFilter; readonly most: number },
): Promise<RowFacets> {
  const most = boundedLimit(of.most, MAX_VALUES)
  const [levels, providers] = [new Map<string | null, number>(), new Map<string | null, number>()]
  let [total, first, last] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for await (const { columns, rows } of passingBlocks(context, { ...of, from: 0 })) {
    total += rows.length
    for (const row of rows) {
      const { level, provider, at } = namesOf(columns, row)
      levels.set(level, (levels.get(level) ?? 0) + 1)
      providers.set(provider, (providers.get(provider) ?? 0) + 1)
      if (at < first) first = at
      if (at > last) last = at
    }
  }
  return {
    total,
    levels: mostFrequent(levels, most),
    providers: mostFrequent(providers, most),
    firstAt: Number.isFinite(first) ? new Date(first).toISOString() : null,
    lastAt: Number.isFinite(last) ? new Date(last).toISOString() : null,
  }
}

/** `at` is NaN for none, so that it is neither earlier nor later than anything. */
function namesOf({ ats, levels, providers, levelNames, providerNames }: BlockColumns, row: number) {
  return {
    level: levelNames[levels[row] ?? 0] ?? null,
    provider: providerNames[providers[row] ?? 0] ?? null,
    at: ats[row] ?? Number.NaN,
  }
}

function mostFrequent(counts: ReadonlyMap<string | null, number>, most: number): ValueCount[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((left, right) => right.count - left.count || compare(left.value, right.value, 1))
    .slice(0, most)
}

/** Rows counted by the beginning of their time and by level. */
export async function timesOfRows(
  context: SqlContext,
  of: { readonly id: RunId; readonly filter: RowFilter; readonly length: number },
): Promise<readonly RowTime[]> {
  const length = boundedLimit(of.length, INSTANT_LENGTH)
  const counts = new Map<string, Map<string | null, number>>()
  for await (const { columns, rows } of passingBlocks(context, { ...of, from: 0 })) {
    for (const row of rows) {
      const { at, level } = columnsOf(columns, row)
      if (at === null) continue
      const prefix = at.slice(0, length)
      const levels = counts.get(prefix) ?? new Map<string | null, number>()
      counts.set(prefix, levels)
      levels.set(level, (levels.get(level) ?? 0) + 1)
    }
  }
  const times = [...counts].flatMap(([prefix, levels]) =>
    [...levels].map(([level, count]) => ({ prefix, level, count })),
  )
  return times.sort((left, right) => compare(left.prefix, right.prefix, 1)).slice(0, MAX_POSITIONS)
}
