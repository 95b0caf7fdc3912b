import type { RunId } from '@askfirst/protocol/ids.ts'
import { sql } from 'kysely'
import type { IndexedRow, RowFacets, RowFilter, RowTime, ValueCount } from '../entities.ts'
import type { RunStore } from '../store.ts'
import { boundedLimit } from './page.ts'
import { filteredRows } from './row-filter.ts'
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
const LEVELS = ['critical', 'error', 'failed', 'warning', 'information', 'verbose'] as const

/** Positions of a run's rows in an order that the columns of the index decide; none of the rows is read whole. */
export async function orderRows(context: SqlContext, id: RunId, order: Order): Promise<Uint32Array> {
  const run = await runKey(context, id)
  if (run === null) return new Uint32Array()
  const first = run * ROWS_PER_RUN
  const direction = order.descending ? 'desc' : 'asc'
  let query = filteredRows(context, run, order.filter)
    .select('run_rows.id')
    .where('run_rows.id', '>=', first + order.from)
  if (order.sort !== 'n') {
    query = query.orderBy(sql`${sql.ref(order.sort)} is null`)
    if (order.sort === 'level') query = query.orderBy(levelRank(), direction)
    query = query.orderBy(order.sort, direction)
  }
  const rows = await query
    .orderBy('run_rows.id', order.sort === 'n' ? direction : 'asc')
    .limit(boundedLimit(order.limit, MAX_POSITIONS))
    .execute()
  return Uint32Array.from(rows, (row) => row.id - first)
}

function levelRank() {
  const ranks = LEVELS.map((level, rank) => sql`when level = ${level} then ${sql.lit(rank)}`)
  return sql<number>`case ${sql.join(ranks, sql` `)} else ${sql.lit(LEVELS.length)} end`
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
  const first = run * ROWS_PER_RUN
  const rows = await context.db
    .selectFrom('run_rows')
    .select(['id', 'at', 'level', 'provider', 'json'])
    .where(
      'id',
      'in',
      asked.map((n) => first + n),
    )
    .execute()
  const found = new Map(rows.map(({ id: key, ...row }) => [key - first, { n: key - first, ...row }]))
  return asked.flatMap((n) => found.get(n) ?? [])
}

/** Counts of levels and providers, and the time between which the rows lie. */
export async function countRows(
  context: SqlContext,
  of: { readonly id: RunId; readonly filter: RowFilter; readonly most: number },
): Promise<RowFacets> {
  const run = await runKey(context, of.id)
  if (run === null) return { total: 0, levels: [], providers: [], firstAt: null, lastAt: null }
  const rows = filteredRows(context, run, of.filter)
  const sums = await rows
    .select(({ fn }) => [fn.countAll().as('total'), fn.min('at').as('first'), fn.max('at').as('last')])
    .executeTakeFirstOrThrow()
  const most = boundedLimit(of.most, MAX_VALUES)
  const values = async (column: 'level' | 'provider'): Promise<ValueCount[]> => {
    const counted = await rows
      .select(({ fn }) => [sql<string | null>`${sql.ref(column)}`.as('value'), fn.countAll().as('count')])
      .groupBy(column)
      .orderBy('count', 'desc')
      .orderBy(column)
      .limit(most)
      .execute()
    return counted.map(({ value, count }) => ({ value, count: Number(count) }))
  }
  const { total, first, last } = sums
  const levels = await values('level')
  return { total: Number(total), levels, providers: await values('provider'), firstAt: first, lastAt: last }
}

/** Rows counted by the beginning of their time and by level. */
export async function timesOfRows(
  context: SqlContext,
  of: { readonly id: RunId; readonly filter: RowFilter; readonly length: number },
): Promise<readonly RowTime[]> {
  const run = await runKey(context, of.id)
  if (run === null) return []
  const prefix = sql<string>`substr(at, 1, ${sql.lit(boundedLimit(of.length, INSTANT_LENGTH))})`
  const rows = await filteredRows(context, run, of.filter)
    .where('at', 'is not', null)
    .select(({ fn }) => [prefix.as('prefix'), 'level', fn.countAll().as('count')])
    .groupBy([prefix, 'level'])
    .orderBy(prefix)
    .limit(MAX_POSITIONS)
    .execute()
  return rows.map(({ prefix: start, level, count }) => ({ prefix: start, level, count: Number(count) }))
}

async function runKey({ db }: SqlContext, id: RunId): Promise<number | null> {
  return (await db.selectFrom('runs').select('id').where('public_id', '=', id).executeTakeFirst())?.id ?? null
}
