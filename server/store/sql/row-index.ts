import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { RowBlock } from '../row-blocks/row-block.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'
import { CHUNKS_PER_RUN, ROWS_PER_RUN } from './tables.ts'

const MAX_RUNS_TO_INDEX = 1_000

/** Adds blocks to the index; see RunStore.indexRows. */
export async function indexRows({ db }: SqlContext, id: RunId, blocks: readonly RowBlock[]): Promise<void> {
  const run = await db
    .selectFrom('runs')
    .select(['id', 'rows', 'indexed_rows'])
    .where('public_id', '=', id)
    .executeTakeFirst()
  if (run === undefined) throw new AskFirstError('RUN_UNKNOWN', `There is no run ${id} to index rows of`)
  const fresh = blocks.filter(({ firstRow }) => firstRow >= run.indexed_rows)
  if (!blocks.every(isPossible)) throw new AskFirstError('INVALID_REQUEST', `No chunk of ${id} has such rows`)
  if (fresh.length === 0) return
  const indexed = endOf(fresh, run.indexed_rows)
  if (indexed === null || indexed > run.rows) {
    throw new AskFirstError('INVALID_REQUEST', `The rows to index of ${id} are not those after ${run.indexed_rows}`)
  }
  // Another server may have indexed the same chunks since; its blocks are equal.
  await db
    .insertInto('row_blocks')
    .values(fresh.map((block) => record(run.id, block)))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  await db
    .updateTable('runs')
    .set({ indexed_rows: indexed })
    .where('id', '=', run.id)
    .where('indexed_rows', '<', indexed)
    .execute()
}

function isPossible({ seq, firstRow, rows }: RowBlock): boolean {
  return Number.isInteger(seq) && seq >= 0 && Number.isInteger(firstRow) && firstRow >= 0 && rows > 0
}

/** Where blocks end that follow each other from a row on; null when they leave a gap. */
function endOf(blocks: readonly RowBlock[], firstRow: number): number | null {
  let next = firstRow
  for (const block of blocks) {
    if (block.firstRow !== next) return null
    next += block.rows
  }
  return next
}

function record(run: number, { seq, firstRow, ...block }: RowBlock) {
  const { rows, columns, words, vocabulary, postings } = block
  const keys = { id: run * ROWS_PER_RUN + firstRow, chunk_id: run * CHUNKS_PER_RUN + seq }
  return { ...keys, rows, columns, words, vocabulary, postings }
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
