import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS } from '@askfirst/protocol/errors.ts'
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
