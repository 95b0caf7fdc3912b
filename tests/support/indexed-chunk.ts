import { zstdCompressSync } from 'node:zlib'
import { decodeBody } from '@askfirst/server/indexing/decode-body.ts'
import type { ChunkInput, IndexedRow, Run } from '@askfirst/server/store/entities.ts'
import { BlockBuilder } from '@askfirst/server/store/row-blocks/block-builder.ts'
import type { RowBlock } from '@askfirst/server/store/row-blocks/row-block.ts'
import { rowText } from '@askfirst/server/store/sql/search-words.ts'
import { chunk } from './store-records.ts'

type Place = { readonly seq: number; readonly firstRow: number }
type TestRow = Omit<IndexedRow, 'n'>

/** A chunk as a store takes it, with its block of the index. */
export interface IndexedChunk {
  readonly chunk: ChunkInput
  readonly block: RowBlock
}

/** Rows with columns of the test's choice. A line need not be JSON. */
export function chunkOfRows(run: Pick<Run, 'id' | 'deviceId'>, at: Place, rows: readonly TestRow[]): IndexedChunk {
  const builder = new BlockBuilder()
  builder.start()
  for (const { at, level, provider, json } of rows) {
    builder.text(rowText(json))
    builder.row({ atMs: at === null ? null : Date.parse(at), level, provider })
  }
  const lines = rows.map(({ json }) => json)
  return { chunk: packed(run, at, lines), block: { ...at, ...builder.finish() } }
}

/** Rows whose columns and words the indexer finds itself. */
export function chunkOfLines(run: Pick<Run, 'id' | 'deviceId' | 'collector'>, at: Place, lines: readonly string[]) {
  const input = packed(run, at, lines)
  const builder = new BlockBuilder()
  builder.start()
  const rows = decodeBody(input, { firstRow: at.firstRow, collector: run.collector }, builder)
  if ('lie' in rows) throw new Error(rows.lie)
  return { chunk: input, block: { ...at, ...builder.finish() } }
}

function packed(run: Pick<Run, 'id' | 'deviceId'>, { seq, firstRow }: Place, lines: readonly string[]): ChunkInput {
  const raw = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  return chunk(run, seq, { firstRow, rows: lines.length, rawBytes: raw.length, body: zstdCompressSync(raw) })
}
