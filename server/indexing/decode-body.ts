import { zstdDecompressSync } from 'node:zlib'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { RowColumns } from '../store/row-blocks/row-block.ts'
import { rowColumns } from './row-columns.ts'
import type { TextSink } from './row-problem.ts'
import { rowProblem } from './row-problem.ts'

/** Node's least size of a buffer to unpack into. */
const MIN_UNPACKING = 64

/** A chunk as the indexer gets it. */
export interface ChunkToIndex {
  readonly seq: number
  readonly firstRow: number
  readonly rows: number
  readonly rawBytes: number
  readonly body: Uint8Array
}

type ParsedRow = Readonly<Record<string, unknown>>

/** Gets each row in order: first all of its texts, then its columns. */
export interface RowSink extends TextSink {
  row(columns: RowColumns): void
}

/**
 * Unpacks one chunk and holds it to its header (SPEC R12): it unpacks to exactly the stated bytes and not one more, has
 * exactly the stated rows, each a JSON object within L11 that can be written again. Bounded by L3, so that a bomb costs what an honest chunk costs.
 *
 * @param expect number of the first row, from the rows before, and whose rows they are
 * @param sink what indexes the rows; of a chunk that lies it may have got some. Null when they are not indexed
 * @returns the parsed rows, or in one sentence how the chunk lies
 */
export function decodeBody(
  chunk: ChunkToIndex,
  expect: { readonly firstRow: number; readonly collector: string },
  sink: RowSink | null,
): readonly ParsedRow[] | { readonly lie: string } {
  if (chunk.firstRow !== expect.firstRow)
    return lie(chunk, `says that it starts with row ${chunk.firstRow}, not ${expect.firstRow}`)
  const raw = unpack(chunk.body, Math.min(chunk.rawBytes, LIMITS.maxChunkRawBytes))
  if (raw === null) return lie(chunk, `does not unpack to the ${chunk.rawBytes} bytes that it states`)
  if (raw.length !== chunk.rawBytes) return lie(chunk, `unpacks to ${raw.length} bytes, not ${chunk.rawBytes}`)
  if (raw.at(-1) !== 0x0a) return lie(chunk, 'does not end with a line break')
  const text = decodeUtf8(raw)
  if (text === null) return lie(chunk, 'is not UTF-8')
  const lines = text.slice(0, -1).split('\n')
  if (lines.length !== chunk.rows) return lie(chunk, `holds ${lines.length} rows, not ${chunk.rows}`)
  // UTF-8 has no half characters: only an escape can bring one in.
  const mayHaveHalves = text.includes('\\u')
  return parseLines(chunk, lines, (row) => {
    const problem = rowProblem(row, mayHaveHalves, sink)
    if (problem === null) sink?.row(rowColumns(expect.collector, row))
    return problem
  })
}

function parseLines(
  chunk: ChunkToIndex,
  lines: readonly string[],
  look: (row: ParsedRow) => string | null,
): readonly ParsedRow[] | { readonly lie: string } {
  const rows: ParsedRow[] = []
  for (const [at, json] of lines.entries()) {
    const row = parseRow(json)
    if (row === null) return lie(chunk, `has no JSON object in row ${chunk.firstRow + at}`)
    const problem = look(row)
    if (problem !== null) return lie(chunk, `has a row that ${problem}: ${chunk.firstRow + at}`)
    rows.push(row)
  }
  return rows
}

function parseRow(json: string): ParsedRow | null {
  // A character is at most three bytes of UTF-8, so only long lines need counting.
  if (json.length > LIMITS.maxRowBytes / 3 && Buffer.byteLength(json) > LIMITS.maxRowBytes) return null
  try {
    const value: unknown = JSON.parse(json)
    // JSON.parse makes of an object nothing but a record.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ParsedRow) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function unpack(body: Uint8Array, maxBytes: number): Buffer | null {
  try {
    // One buffer of the right size: many small ones that are put together cost as much again.
    return zstdDecompressSync(body, { maxOutputLength: maxBytes, chunkSize: Math.max(maxBytes, MIN_UNPACKING) })
  } catch {
    // Broken data and too much data are the same answer: the chunk is not what its header says.
    return null
  }
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

function lie(chunk: ChunkToIndex, what: string): { readonly lie: string } {
  return { lie: `Chunk ${chunk.seq} ${what}.` }
}
