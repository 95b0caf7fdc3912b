import type { RowFilter } from '../entities.ts'
import { searchWords } from './search-words.ts'
import type { SqlContext } from './tables.ts'
import { ROWS_PER_RUN } from './tables.ts'

const MAX_WORDS = 16

/** The rows of a run (by its key) that a filter leaves. */
export function filteredRows({ db, flavour }: SqlContext, run: number, filter: RowFilter) {
  const first = run * ROWS_PER_RUN
  const { q, levels, providers, from, to } = filter
  const words = q === undefined ? [] : searchWords(q, MAX_WORDS)
  let query = db
    .selectFrom('run_rows')
    .where('id', '>=', first)
    .where('id', '<', first + ROWS_PER_RUN)
  if (words.length > 0) query = query.where(flavour.matches(words, { from: first, to: first + ROWS_PER_RUN }))
  if (levels !== undefined) query = query.where('level', 'in', levels)
  if (providers !== undefined) query = query.where('provider', 'in', providers)
  if (from !== undefined) query = query.where('at', '>=', from)
  if (to !== undefined) query = query.where('at', '<=', to)
  return query
}
