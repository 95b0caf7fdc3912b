import { zstdDecompressSync } from 'node:zlib'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { IndexedRow } from '../store/entities.ts'
import { rowColumns } from './row-columns.ts'
import { rowProblem } from './row-problem.ts'

/** A chunk as the indexer gets it. */
export interface ChunkToIndex {
  readonly seq: number
  readonly firstRow: number
  readonly rows: number
  readonly rawBytes: number
  readonly body: Uint8Array
}

/** Rows of one chunk: as the index takes them, and parsed for the analysis. */
export interface DecodedChunk {
  readonly indexed: readonly IndexedRow[]
  readonly values: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Unpacks one chunk and holds it to its header (SPEC R12): it unpacks to exactly the stated bytes and not one more, has
 * exactly the stated rows, each a JSON object within L11 that can be written again. Bounded by L3, so that a bomb costs what an honest chunk costs.
 *
 * @param expectedFirstRow number of the first row, from the rows before
 * @returns the rows, or in one sentence how the chunk lies
 */
export function decodeBody(
  chunk: ChunkToIndex,
  expectedFirstRow: number,
  collector: string,
): DecodedChunk | { readonly lie: string } {
  if (chunk.firstRow !== expectedFirstRow)
    return lie(chunk, `says that it starts with row ${chunk.firstRow}, not ${expectedFirstRow}`)
  const raw = unpack(chunk.body, Math.min(chunk.rawBytes, LIMITS.maxChunkRawBytes))
  if (raw === null) return lie(chunk, `does not unpack to the ${chunk.rawBytes} bytes that it states`)
  if (raw.length !== chunk.rawBytes) return lie(chunk, `unpacks to ${raw.length} bytes, not ${chunk.rawBytes}`)
  if (raw.at(-1) !== 0x0a) return lie(chunk, 'does not end with a line break')
  const lines = decodeUtf8(raw)?.slice(0, -1).split('\n')
  if (lines === undefined) return lie(chunk, 'is not UTF-8')
  if (lines.length !== chunk.rows) return lie(chunk, `holds ${lines.length} rows, not ${chunk.rows}`)
  return parseLines(chunk, lines, collector)
}

function parseLines(
  chunk: ChunkToIndex,
  lines: readonly string[],
  collector: string,
): DecodedChunk | { readonly lie: string } {
  const indexed: IndexedRow[] = []
  const values: Record<string, unknown>[] = []
  for (const [at, json] of lines.entries()) {
    const value = parseRow(json)
    if (value === null) return lie(chunk, `has no JSON object in row ${chunk.firstRow + at}`)
    const problem = rowProblem(value)
    if (problem !== null) return lie(chunk, `has a row that ${problem}: ${chunk.firstRow + at}`)
    indexed.push({ n: chunk.firstRow + at, ...rowColumns(collector, value), json })
    values.push(value)
  }
  return { indexed, values }
}

function parseRow(json: string): Record<string, unknown> | null {
  // A character is at most three bytes of UTF-8, so only long lines need counting.
  if (json.length > LIMITS.maxRowBytes / 3 && Buffer.byteLength(json) > LIMITS.maxRowBytes) return null
  try {
    const value: unknown = JSON.parse(json)
    // JSON.parse makes of an object nothing but a record.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function unpack(body: Uint8Array, maxBytes: number): Buffer | null {
  try {
    return zstdDecompressSync(body, { maxOutputLength: maxBytes })
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
