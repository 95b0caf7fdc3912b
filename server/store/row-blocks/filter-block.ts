import type { RowFilter } from '../entities.ts'
import { searchWords } from '../sql/search-words.ts'
import type { BlockColumns, RowBlock } from './row-block.ts'
import { findWords, readColumns, rowsWithWords } from './row-block.ts'
import { wordHash } from './word-hashes.ts'

const MAX_WORDS = 16

/** A filter as blocks are held against it. */
export interface BlockFilter {
  /** Folded words that must all occur; none asks for none. */
  readonly words: readonly string[]
  readonly hashes: readonly number[]
  readonly levels: readonly string[] | null
  readonly providers: readonly string[] | null
  /** Unix ms, inclusive. A row without a time is outside of every span. */
  readonly fromMs: number | null
  readonly toMs: number | null
}

export function toBlockFilter({ q, levels, providers, from, to }: RowFilter): BlockFilter {
  const words = q === undefined ? [] : searchWords(q, MAX_WORDS)
  return {
    words,
    hashes: words.map(wordHash),
    levels: levels ?? null,
    providers: providers ?? null,
    fromMs: from === undefined ? null : Date.parse(from),
    toMs: to === undefined ? null : Date.parse(to),
  }
}

/** Whether rows of a block may pass: looks at the list of words and at the names only. */
export function mayPass(block: Pick<RowBlock, 'rows' | 'columns' | 'words'>, filter: BlockFilter): boolean {
  if (findWords(block.words, filter.hashes) === null) return false
  const columns = readColumns(block.columns, block.rows)
  return (
    (filter.levels === null || columns.levelNames.some((name) => isAmong(filter.levels, name))) &&
    (filter.providers === null || columns.providerNames.some((name) => isAmong(filter.providers, name)))
  )
}

/**
 * Rows of a block that pass, ascending. Words are compared by their hashes only: a row may be among them that has other
 * words with the same hashes.
 */
export function passingRows(
  block: Pick<RowBlock, 'rows' | 'columns' | 'words' | 'postings'>,
  filter: BlockFilter,
): readonly number[] {
  const found = findWords(block.words, filter.hashes)
  if (found === null) return []
  const columns = readColumns(block.columns, block.rows)
  const rows = found.length === 0 ? Array.from({ length: block.rows }, (_, row) => row) : rowsWithWords(block, found)
  const [levels, providers] = [flags(columns.levelNames, filter.levels), flags(columns.providerNames, filter.providers)]
  return rows.filter(
    (row) =>
      (levels === null || levels[columns.levels[row] ?? 0] === true) &&
      (providers === null || providers[columns.providers[row] ?? 0] === true) &&
      isInSpan(columns, row, filter),
  )
}

function isInSpan({ ats }: BlockColumns, row: number, { fromMs, toMs }: BlockFilter): boolean {
  const at = ats[row] ?? Number.NaN
  return (fromMs === null || at >= fromMs) && (toMs === null || at <= toMs)
}

/** For each name whether it is wanted; null when all are. */
function flags(names: readonly (string | null)[], wanted: readonly string[] | null): readonly boolean[] | null {
  return wanted === null ? null : names.map((name) => isAmong(wanted, name))
}

function isAmong(wanted: readonly string[] | null, name: string | null): boolean {
  return wanted === null || (name !== null && wanted.includes(name))
}
