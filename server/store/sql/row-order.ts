import type { RunId } from '@askfirst/protocol/ids.ts'
import type { IndexedRow, RowFacets, RowFilter, RowSort, RowTime, ValueCount } from '../entities.ts'
import type { BlockColumns } from '../row-blocks/row-block.ts'
import { columnsOf } from '../row-blocks/row-block.ts'
import type { RunStore } from '../store.ts'
import { boundedLimit } from './page.ts'
import { passingBlocks, readBlockRows } from './read-rows.ts'
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

interface Place {
  readonly n: number
  readonly key: number | string | null
}

/** Positions of a run's rows in an order that the columns of the index decide; none of the rows is read whole. */
export async function orderRows(context: SqlContext, id: RunId, order: Order): Promise<Uint32Array> {
  const run = await runKey(context, id)
  const limit = boundedLimit(order.limit, MAX_POSITIONS)
  const places: Place[] = []
  if (run === null) return new Uint32Array()
  const isPlain = order.sort === 'n' && !order.descending
  for await (const { firstRow, rows, columns } of passingBlocks(context.db, {
    run,
    filter: order.filter,
    from: order.from,
  })) {
    for (const row of rows) places.push({ n: firstRow + row, key: keyOf(columns, row, order.sort) })
    // In the order of the run the first ones are known as soon as there are enough.
    if (isPlain && places.length >= limit) break
  }
  if (!isPlain) sortPlaces(places, order)
  return Uint32Array.from(places.slice(0, limit), ({ n }) => n)
}

function keyOf(columns: BlockColumns, row: number, sort: RowSort): Place['key'] {
  if (sort === 'n') return 0
  if (sort === 'at') {
    const at = columns.ats[row] ?? Number.NaN
    return Number.isNaN(at) ? null : at
  }
  if (sort === 'provider') return columns.providerNames[columns.providers[row] ?? 0] ?? null
  const level = columns.levelNames[columns.levels[row] ?? 0] ?? null
  const rank = level === null ? -1 : LEVELS.indexOf(level)
  // Ranks are digits, which stand before letters; an unknown level stands after the known ones.
  return rank === -1 ? level && `~${level}` : String(rank)
}

function sortPlaces(places: Place[], { sort, descending }: Order): void {
  const sign = descending ? -1 : 1
  if (sort === 'n') places.sort((left, right) => sign * (left.n - right.n))
  else
    places.sort((left, right) => {
      if (left.key === right.key) return left.n - right.n
      if (left.key === null || right.key === null) return left.key === null ? 1 : -1
      return sign * (left.key < right.key ? -1 : 1)
    })
}

/** Rows at positions, in the order asked for. */
export async function readRowsAt(
  context: SqlContext,
  id: RunId,
  positions: readonly number[],
): Promise<readonly IndexedRow[]> {
  const run = await runKey(context, id)
  const asked = positions.filter((n) => Number.isInteger(n) && n >= 0 && n < ROWS_PER_RUN).slice(0, MAX_ROWS_READ)
  if (run === null || asked.length === 0) return []
  const rows = await readBlockRows(
    context.db,
    run,
    [...new Set(asked)].sort((left, right) => left - right),
  )
  const found = new Map(rows.map((row) => [row.n, row]))
  return asked.flatMap((n) => found.get(n) ?? [])
}

/** Counts of levels and providers, and the time between which the rows lie. */
export async function countRows(
  context: SqlContext,
  of: { readonly id: RunId; readonly filter: RowFilter; readonly most: number },
): Promise<RowFacets> {
  const most = boundedLimit(of.most, MAX_VALUES)
  const run = await runKey(context, of.id)
  const counts = {
    levels: new Map<string | null, number>(),
    providers: new Map<string | null, number>(),
    total: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
  }
  if (run !== null) {
    for await (const { rows, columns } of passingBlocks(context.db, { run, filter: of.filter, from: 0 })) {
      counts.total += rows.length
      for (const row of rows) countRow(counts, columns, row)
    }
  }
  return {
    total: counts.total,
    levels: frequent(counts.levels, most),
    providers: frequent(counts.providers, most),
    firstAt: instant(counts.first),
    lastAt: instant(counts.last),
  }
}

interface Counts {
  readonly levels: Map<string | null, number>
  readonly providers: Map<string | null, number>
  first: number
  last: number
}

function countRow(counts: Counts, columns: BlockColumns, row: number): void {
  count(counts.levels, columns.levelNames[columns.levels[row] ?? 0] ?? null)
  count(counts.providers, columns.providerNames[columns.providers[row] ?? 0] ?? null)
  const at = columns.ats[row] ?? Number.NaN
  if (at < counts.first) counts.first = at
  if (at > counts.last) counts.last = at
}

function count(counts: Map<string | null, number>, value: string | null): void {
  counts.set(value, (counts.get(value) ?? 0) + 1)
}

function frequent(counts: ReadonlyMap<string | null, number>, most: number): readonly ValueCount[] {
  const values = [...counts].map(([value, sum]) => ({ value, count: sum }))
  const byName = (left: ValueCount, right: ValueCount) => ((left.value ?? '') < (right.value ?? '') ? -1 : 1)
  return values.sort((left, right) => right.count - left.count || byName(left, right)).slice(0, most)
}

function instant(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}

/** Rows counted by the beginning of their time and by level. */
export async function timesOfRows(
  context: SqlContext,
  of: { readonly id: RunId; readonly filter: RowFilter; readonly length: number },
): Promise<readonly RowTime[]> {
  const length = boundedLimit(of.length, INSTANT_LENGTH)
  const run = await runKey(context, of.id)
  if (run === null) return []
  const counts = new Map<string | null, Map<string, number>>()
  for await (const { rows, columns } of passingBlocks(context.db, { run, filter: of.filter, from: 0 })) {
    for (const row of rows) {
      const { at, level } = columnsOf(columns, row)
      if (at === null) continue
      const prefixes = counts.get(level) ?? new Map<string, number>()
      counts.set(level, prefixes)
      const prefix = at.slice(0, length)
      prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1)
    }
  }
  return [...counts].flatMap(([level, prefixes]) =>
    [...prefixes].map(([prefix, sum]) => ({ prefix, level, count: sum })),
  )
}

async function runKey({ db }: SqlContext, id: RunId): Promise<number | null> {
  return (await db.selectFrom('runs').select('id').where('public_id', '=', id).executeTakeFirst())?.id ?? null
}
