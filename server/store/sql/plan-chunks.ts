import type { ChunkInput, ChunkOutcome } from '../entities.ts'
import { CHUNKS_PER_RUN } from './tables.ts'

/** What appending must know of a run, and what it changes of it. */
export interface RunHead {
  readonly key: number
  readonly deviceId: string
  readonly open: boolean
  nextSeq: number
  rows: number
  rawBytes: number
  firstRowAt: string | null
}

/** The id of a chunk's row. */
export function chunkKey(head: RunHead, seq: number): number {
  return head.key * CHUNKS_PER_RUN + seq
}

/**
 * Judges one chunk and, when it is stored, moves the run's head past it. A chunk whose first row does not continue the
 * run is a gap, whatever its number says: row positions would overlap.
 */
export function planChunk(head: RunHead | undefined, chunk: ChunkInput): ChunkOutcome {
  const answer = (outcome: ChunkOutcome['outcome']): ChunkOutcome => ({
    runId: chunk.runId,
    seq: chunk.seq,
    outcome,
    nextSeq: head?.nextSeq ?? 0,
  })
  if (head === undefined || head.deviceId !== chunk.deviceId) return { ...answer('foreign'), nextSeq: 0 }
  if (chunk.seq < head.nextSeq) return answer('duplicate')
  if (!head.open || chunk.seq >= CHUNKS_PER_RUN) return answer('closed')
  if (chunk.seq !== head.nextSeq || chunk.firstRow !== head.rows) return answer('gap')
  head.nextSeq += 1
  head.rows += chunk.rows
  head.rawBytes += chunk.rawBytes
  head.firstRowAt ??= chunk.receivedAt
  return answer('stored')
}
