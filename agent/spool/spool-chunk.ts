import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { Chunk } from '../runtime/chunk.ts'
import type { SpoolTotals } from './spool-meta.ts'

/** A chunk in the spool with its place in the run. */
export interface SpooledChunk extends Chunk {
  /** Number of the chunk in the run, from 0. */
  readonly seq: number
  /** Number of its first row in the run, from 0. */
  readonly firstRow: number
}

/**
 * Content of a chunk record: sequence number (4), first row (4), rows (4), raw bytes (4), raw bytes of all chunks before
 * (8), bodies of all chunks before (8), SHA-256 (32), body. The sums let the totals survive when earlier files are gone.
 */
const HEAD_BYTES = 64

export function encodeSpooledChunk(chunk: Chunk, before: SpoolTotals): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32BE(before.chunks, 0)
  head.writeUInt32BE(before.rows, 4)
  head.writeUInt32BE(chunk.rows, 8)
  head.writeUInt32BE(chunk.rawBytes, 12)
  head.writeDoubleBE(before.bytes, 16)
  head.writeDoubleBE(before.compressedBytes, 24)
  head.set(chunk.sha256, 32)
  return Buffer.concat([head, chunk.body])
}

/** Reads a chunk record's content; null when it is not one. */
export function decodeSpooledChunk(content: Buffer): { chunk: SpooledChunk; before: SpoolTotals } | null {
  if (content.length <= HEAD_BYTES) return null
  const chunk = {
    seq: content.readUInt32BE(0),
    firstRow: content.readUInt32BE(4),
    rows: content.readUInt32BE(8),
    rawBytes: content.readUInt32BE(12),
    sha256: content.subarray(32, HEAD_BYTES),
    body: content.subarray(HEAD_BYTES),
  }
  const before = {
    chunks: chunk.seq,
    rows: chunk.firstRow,
    bytes: content.readDoubleBE(16),
    compressedBytes: content.readDoubleBE(24),
  }
  return isSane(chunk, before) ? { chunk, before } : null
}

/** Sums with one more chunk. */
export function withChunk(before: SpoolTotals, chunk: Chunk): SpoolTotals {
  return {
    chunks: before.chunks + 1,
    rows: before.rows + chunk.rows,
    bytes: before.bytes + chunk.rawBytes,
    compressedBytes: before.compressedBytes + chunk.body.length,
  }
}

function isSane(chunk: SpooledChunk, before: SpoolTotals): boolean {
  const sums = Number.isSafeInteger(before.bytes) && Number.isSafeInteger(before.compressedBytes)
  const rows = chunk.rows >= 1 && chunk.rows <= LIMITS.maxChunkRows
  return sums && rows && chunk.seq < LIMITS.maxChunksPerRun && chunk.rawBytes <= LIMITS.maxChunkRawBytes
}
