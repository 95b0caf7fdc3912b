import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS, isErrorCode } from '@askfirst/protocol/errors.ts'
import type { ChunkDigest } from '@askfirst/protocol/findings-log.ts'
import type { Run } from '../store/entities.ts'

/** The completeness record of a run that the server ends itself: it states what is stored, and of the rest nothing. */
export function endedByServer(
  run: Run,
  digests: readonly ChunkDigest[],
  end: {
    readonly state: 'cancelled' | 'error'
    readonly code: ErrorCode
    readonly at: string
    readonly reason?: string
  },
): Completeness {
  return {
    state: end.state,
    code: end.code,
    reason: (end.reason ?? ERRORS[end.code].text).slice(0, 1_024),
    rows: digests.reduce((sum, { rows }) => sum + rows, 0),
    bytes: digests.reduce((sum, { rawBytes }) => sum + rawBytes, 0),
    compressedBytes: digests.reduce((sum, { bytes }) => sum + bytes, 0),
    chunks: digests.length,
    cpuMs: 0,
    startedAt: run.acceptedAt ?? run.orderedAt,
    endedAt: end.at,
    redactions: {},
    invalidRows: 0,
    cutFields: 0,
    droppedInReview: 0,
    sources: [],
  }
}

/**
 * How a run ends whose device counts otherwise than the store. One that forgot rows which had left before (its disk was
 * damaged, or it restarted and then dropped the rest) says itself that the run failed, and is believed in that; one that
 * claims more than that lies.
 */
export function endOtherThanStored(
  run: Run,
  { state, code, reason, chunks, rows, bytes }: Completeness,
): { readonly state: 'cancelled' | 'error'; readonly code: ErrorCode; readonly reason: string } {
  const stored = `${run.rows} rows, ${run.rawBytes} bytes, in ${run.nextSeq} chunks are stored.`
  const hasForgotten = chunks < run.nextSeq && rows <= run.rows && bytes <= run.rawBytes
  if ((state === 'cancelled' || state === 'error') && code !== undefined && isErrorCode(code) && hasForgotten)
    return { state, code, reason: `${reason ?? ERRORS[code].text} ${stored}` }
  const said = `The device says ${rows} rows, ${bytes} bytes, in ${chunks} chunks; ${stored}`
  return { state: 'error', code: 'CHUNK_BODY_INVALID', reason: said }
}
