import type { IndexedRow } from '../entities.ts'
import type { AskedWord } from './vocabulary.ts'
import { wordsBeginningWith } from './vocabulary.ts'

/**
 * The index of one chunk's rows, as bytes: what can be filtered by and which words stand where, but no text of a row. It
 * repeats what the chunk holds and can be made again. Numbers are little-endian, as on every machine that Node runs on.
 */
export interface RowBlock {
  /** Of the chunk. */
  readonly seq: number
  /** Number of its first row in the run. */
  readonly firstRow: number
  readonly rows: number
  /** Times as Unix ms (float64, NaN for none), codes of levels, codes of providers (uint16 each), then the names as JSON. */
  readonly columns: Uint8Array
  /** Hashes of the distinct words (uint32), then in how many rows each occurs (uint16). */
  readonly words: Uint8Array
  /** The same words themselves, in the same order (vocabulary.ts). */
  readonly vocabulary: Uint8Array
  /** For each word in turn the rows that it occurs in, ascending (uint16). */
  readonly postings: Uint8Array
}

/** Buffers of blocks that are moved to another thread instead of copied; each part of a new block has one of its own. */
export function buffersOf(blocks: readonly RowBlock[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const { columns, words, vocabulary, postings } of blocks) {
    for (const { buffer, byteLength } of [columns, words, vocabulary, postings]) {
      if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffers.add(buffer)
    }
  }
  return [...buffers]
}

/** What a row can be filtered by, beside its words. */
export interface RowColumns {
  /** Unix time in ms; null when the row has none. */
  readonly atMs: number | null
  readonly level: string | null
  readonly provider: string | null
}

/** Columns of a block, ready to be looked at. A code is a position in the list of names; 0 is none. */
export interface BlockColumns {
  readonly ats: Float64Array
  readonly levels: Uint16Array
  readonly providers: Uint16Array
  readonly levelNames: readonly (string | null)[]
  readonly providerNames: readonly (string | null)[]
}

/** Writes the columns of a block; names are lists whose first member is null. */
export function packColumns({ ats, levels, providers, levelNames, providerNames }: BlockColumns): Uint8Array {
  const names = new TextEncoder().encode(JSON.stringify([levelNames, providerNames]))
  const bytes = new Uint8Array(12 * ats.length + names.length)
  let at = 0
  for (const column of [ats, levels, providers]) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at)
    at += column.byteLength
  }
  bytes.set(names, at)
  return bytes
}

export function readColumns(bytes: Uint8Array, rows: number): BlockColumns {
  const { buffer, byteOffset } = aligned(bytes)
  // Written by `packColumns`.
  const [levelNames, providerNames] = JSON.parse(new TextDecoder().decode(bytes.subarray(12 * rows))) as [
    (string | null)[],
    (string | null)[],
  ]
  return {
    ats: new Float64Array(buffer, byteOffset, rows),
    levels: new Uint16Array(buffer, byteOffset + 8 * rows, rows),
    providers: new Uint16Array(buffer, byteOffset + 10 * rows, rows),
    levelNames,
    providerNames,
  }
}

/** Columns of one row of a block as people are shown them. */
export function columnsOf(columns: BlockColumns, row: number): Pick<IndexedRow, 'at' | 'level' | 'provider'> {
  const ms = columns.ats[row] ?? Number.NaN
  return {
    at: Number.isNaN(ms) ? null : new Date(ms).toISOString(),
    level: columns.levelNames[columns.levels[row] ?? 0] ?? null,
    provider: columns.providerNames[columns.providers[row] ?? 0] ?? null,
  }
}

/**
 * Where words of a block stand that begin with the words asked for: for each of those the positions in the block's list of
 * words; null when one has none.
 */
export function findWords(
  { words, vocabulary }: Pick<RowBlock, 'words' | 'vocabulary'>,
  asked: readonly AskedWord[],
): readonly (readonly number[])[] | null {
  if (asked.length === 0) return []
  const { buffer, byteOffset } = aligned(words)
  const hashes = new Uint32Array(buffer, byteOffset, words.byteLength / 6)
  const begun = wordsBeginningWith(vocabulary, asked)
  const found = asked.map(({ hash }, at) => {
    const positions = begun[at] ?? []
    // Of two words with one hash the list holds the first; the other is found whole, if not by its beginning.
    const whole = hashes.indexOf(hash)
    return whole === -1 || positions.includes(whole) ? positions : [...positions, whole]
  })
  return found.every((positions) => positions.length > 0) ? found : null
}

/** The rows of a block in which words of each list occur, ascending; lists as `findWords` gives them, at least one. */
export function rowsWithWords(
  block: Pick<RowBlock, 'rows' | 'words' | 'postings'>,
  found: readonly (readonly number[])[],
): readonly number[] {
  const hits = new Uint8Array(block.rows)
  const postings = postingsOf(block)
  for (const [list, positions] of found.entries()) {
    // A row counts once for each list, and only when it counted for all lists before.
    for (const position of positions) for (const row of postings(position)) if (hits[row] === list) hits[row] = list + 1
  }
  const rows: number[] = []
  for (let row = 0; row < block.rows; row += 1) if (hits[row] === found.length) rows.push(row)
  return rows
}

/** Gives the rows of a word by its position. */
function postingsOf({ words, postings }: Pick<RowBlock, 'words' | 'postings'>): (position: number) => Uint16Array {
  const count = words.byteLength / 6
  const head = aligned(words)
  const counts = new Uint16Array(head.buffer, head.byteOffset + 4 * count, count)
  const starts = new Uint32Array(count)
  for (let at = 1; at < count; at += 1) starts[at] = (starts[at - 1] ?? 0) + (counts[at - 1] ?? 0)
  const all = aligned(postings)
  return (at) => new Uint16Array(all.buffer, all.byteOffset + 2 * (starts[at] ?? 0), counts[at] ?? 0)
}

/** Typed arrays begin at multiples of their width; a driver may give a view on a larger buffer. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes)
}
