import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { Chunk } from '../runtime/chunk.ts'
import { MAX_CHUNK_BYTES, packChunk } from '../runtime/chunk.ts'
import type { SpooledChunk } from './spool-chunk.ts'

const decompress = promisify(zstdDecompress)

/** The rows of a chunk as JSON texts. @throws Error when the body is not what the chunk says */
export async function rowsOfChunk(chunk: Chunk): Promise<string[]> {
  const raw = await decompress(chunk.body, { maxOutputLength: LIMITS.maxChunkRawBytes })
  const rows = raw.toString('utf8').split('\n').slice(0, -1)
  if (rows.length !== chunk.rows) throw new Error(`A chunk says ${chunk.rows} rows and holds ${rows.length}`)
  return rows
}

/** Decides for one row, given its number in the run and its JSON text. */
export type KeepRow = (row: number, json: string) => boolean

/** What a person leaves out of a run. */
export interface ReviewEdit {
  readonly keepRow: KeepRow
  /** Names of columns that are taken out of every row; absent: none. */
  readonly dropColumns?: readonly string[]
}

/** Packs the rows that are kept anew, numbered without gaps; `onDropped` is called once for each other row. */
export async function* keptRows(
  chunks: AsyncIterable<SpooledChunk>,
  { keepRow, dropColumns = [] }: ReviewEdit,
  onDropped: () => void,
): AsyncGenerator<Chunk, void, undefined> {
  let kept: string[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    for (const [index, whole] of (await rowsOfChunk(chunk)).entries()) {
      const json = dropColumns.length === 0 ? whole : withoutColumns(whole, new Set(dropColumns))
      if (!keepRow(chunk.firstRow + index, whole)) {
        onDropped()
        continue
      }
      const size = Buffer.byteLength(json) + 1
      if (bytes + size > MAX_CHUNK_BYTES || kept.length >= LIMITS.maxChunkRows) {
        yield await packChunk(kept)
        kept = []
        bytes = 0
      }
      kept.push(json)
      bytes += size
    }
  }
  if (kept.length > 0) yield await packChunk(kept)
}

/** A row without some of its columns; what is not an object has none. */
function withoutColumns(json: string, columns: ReadonlySet<string>): string {
  const row: unknown = JSON.parse(json)
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return json
  return JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => !columns.has(name))))
}
