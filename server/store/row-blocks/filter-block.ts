import type { RowFilter } from '../entities.ts'
import { searchWords } from '../sql/search-words.ts'
import type { BlockColumns, RowBlock } from './row-block.ts'
import { findWords, readColumns, rowsWithWords } from './row-block.ts'
import type { AskedWord } from './vocabulary.ts'
import { askedWord } from './vocabulary.ts'

const MAX_WORDS = 16

/** A filter as blocks are held against it. */
export interface BlockFilter {
  /** For each a word must occur that begins with it; none asks for none. */
  readonly words: readonly AskedWord[]
  readonly levels: readonly string[] | null
  readonly providers: readonly string[] | null
  /** Unix ms, inclusive. A row without a time is outside of every span. */
  readonly fromMs: number | null
  readonly toMs: number | null
}

export function toBlockFilter({ q, levels, providers, from, to }: RowFilter): BlockFilter {
  const words = q === undefined ? [] : searchWords(q, MAX_WORDS)
  return {
    words: words.map(askedWord),
    levels: levels ?? null,
    providers: providers ?? null,
    fromMs: from === undefined ? null : Date.parse(from),
    toMs: to === undefined ? null : Date.parse(to),
  }
}

/** What is known of a block whose rows may pass: its columns, and its words for each word of the filter. */
export interface Match {
  readonly columns: BlockColumns
  readonly words: readonly (readonly number[])[]
}

/** Looks at a block's list of words and at the names only; null when none of its rows can pass. */
export function matchOf(
  block: Pick<RowBlock, 'rows' | 'columns' | 'words' | 'vocabulary'>,
  filter: BlockFilter,
): Match | null {
  const columns = readColumns(block.columns, block.rows)
  const hasNames =
    (filter.levels === null || columns.levelNames.some((name) => isAmong(filter.levels, name))) &&
    (filter.providers === null || columns.providerNames.some((name) => isAmong(filter.providers, name)))
  const words = hasNames ? findWords(block, filter.words) : null
  return words === null ? null : { columns, words }
}

/**
 * Rows of a block that pass, ascending. Words are told apart by their hashes: a row may be among them that has other words
 * with the same hashes.
 */
export function passingRows(
  block: Pick<RowBlock, 'rows' | 'words' | 'postings'>,
  { columns, words }: Match,
  filter: BlockFilter,
): readonly number[] {
  const rows = words.length === 0 ? Array.from({ length: block.rows }, (_, row) => row) : rowsWithWords(block, words)
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
