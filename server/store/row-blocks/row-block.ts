import type { IndexedRow } from '../entities.ts'

/**
 * The index of one chunk's rows, as bytes: what can be filtered by and which words stand where, but no text. It repeats
 * what the chunk holds and can be made again. Numbers are little-endian, as on every machine that Node runs on.
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
  /** For each word in turn the rows that it occurs in, ascending (uint16). */
  readonly postings: Uint8Array
}

/** Buffers of blocks that are moved to another thread instead of copied; each part of a new block has one of its own. */
export function buffersOf(blocks: readonly RowBlock[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const { columns, words, postings } of blocks) {
    for (const { buffer, byteLength } of [columns, words, postings]) {
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

/** Where a block's words stand: positions in its list of words, in the order of the hashes; null when one is missing. */
export function findWords(words: Uint8Array, hashes: readonly number[]): readonly number[] | null {
  const count = words.byteLength / 6
  const { buffer, byteOffset } = aligned(words)
  const known = new Uint32Array(buffer, byteOffset, count)
  const found: number[] = []
  for (const hash of hashes) {
    const at = known.indexOf(hash)
    if (at === -1) return null
    found.push(at)
  }
  return found
}

/** The rows of a block in which all of some words occur, ascending; words as `findWords` gives them, at least one. */
export function rowsWithWords(
  block: Pick<RowBlock, 'words' | 'postings'>,
  found: readonly number[],
): readonly number[] {
  const lists = found.map((at) => postingsOf(block, at)).sort((a, b) => a.length - b.length)
  const [shortest = new Uint16Array(), ...others] = lists
  const sets = others.map((list) => new Set(list))
  return [...shortest].filter((row) => sets.every((set) => set.has(row)))
}

function postingsOf({ words, postings }: Pick<RowBlock, 'words' | 'postings'>, at: number): Uint16Array {
  const count = words.byteLength / 6
  const head = aligned(words)
  const counts = new Uint16Array(head.buffer, head.byteOffset + 4 * count, count)
  const start = counts.subarray(0, at).reduce((sum, one) => sum + one, 0)
  const all = aligned(postings)
  return new Uint16Array(all.buffer, all.byteOffset + 2 * start, counts[at] ?? 0)
}

/** Typed arrays begin at multiples of their width; a driver may give a view on a larger buffer. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes)
}
