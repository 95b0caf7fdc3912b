import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { IndexedRow, RowFilter } from '../entities.ts'
import type { SearchableRow } from './flavour.ts'
import { boundedLimit } from './page.ts'
import { filteredRows } from './row-filter.ts'
import { rowText } from './search-words.ts'
import type { SqlContext } from './tables.ts'
import { ROWS_PER_RUN } from './tables.ts'

/** Most rows of one page; a page of the longest rows is 32 MiB at most. */
const MAX_ROWS_READ = 500
const MAX_RUNS_TO_INDEX = 1_000

/** Adds rows to the index; positions that are there already are passed over. */
export async function indexRows(context: SqlContext, id: RunId, rows: readonly IndexedRow[]): Promise<void> {
  const run = await context.db.selectFrom('runs').select('id').where('public_id', '=', id).executeTakeFirst()
  if (run === undefined) throw new AskFirstError('RUN_UNKNOWN', `There is no run ${id} to index rows of`)
  if (rows.length === 0) return
  const known = rows.map((row) => searchable(run.id, row))
  await context.flavour.insertRows(context.db, known)
  const indexed = rows.reduce((most, row) => Math.max(most, row.n), 0) + 1
  await context.db
    .updateTable('runs')
    .set({ indexed_rows: indexed })
    .where('id', '=', run.id)
    .where('indexed_rows', '<', indexed)
    .execute()
}

function searchable(run: number, row: IndexedRow): SearchableRow {
  if (!Number.isInteger(row.n) || row.n < 0 || row.n >= ROWS_PER_RUN) {
    throw new AskFirstError('INVALID_REQUEST', `A row cannot have the number ${row.n}`)
  }
  return {
    id: run * ROWS_PER_RUN + row.n,
    at: withoutNul(row.at),
    level: withoutNul(row.level),
    provider: withoutNul(row.provider),
    // A JSON text may carry U+0000 only as an escape; a raw one would end the text early or be refused.
    json: row.json.includes('\0') ? row.json.replaceAll('\0', '\\u0000') : row.json,
    text: rowText(row.json),
  }
}

/** Rows come from agents that may be hostile: U+0000, which PostgreSQL cannot keep in a text, is shown as U+FFFD. */
function withoutNul(text: string | null): string | null {
  return text?.includes('\0') === true ? text.replaceAll('\0', '\ufffd') : text
}

/** Runs with stored rows that the index lacks, oldest first. */
export async function runsToIndex({ db }: SqlContext, limit: number) {
  const rows = await db
    .selectFrom('runs')
    .select(['public_id', 'collector', 'indexed_rows'])
    .whereRef('indexed_rows', '<', 'rows')
    .where('withheld', 'is', null)
    .orderBy('id')
    .limit(boundedLimit(limit, MAX_RUNS_TO_INDEX))
    .execute()
  // Ids were written from a typed record.
  return rows.map((row) => ({ runId: row.public_id as RunId, collector: row.collector, fromRow: row.indexed_rows }))
}

/** A page of rows in order of position. */
export async function readRows(
  context: SqlContext,
  page: { id: RunId; filter: RowFilter; after: number; limit: number },
): Promise<IndexedRow[]> {
  const run = await context.db.selectFrom('runs').select('id').where('public_id', '=', page.id).executeTakeFirst()
  if (run === undefined) return []
  const first = run.id * ROWS_PER_RUN
  const rows = await filteredRows(context, run.id, page.filter)
    .select(['id', 'at', 'level', 'provider', 'json'])
    .where('id', '>', first + Math.min(page.after, ROWS_PER_RUN))
    .orderBy('id')
    .limit(boundedLimit(page.limit, MAX_ROWS_READ))
    .execute()
  return rows.map(({ id, ...row }) => ({ n: id - first, ...row }))
}
