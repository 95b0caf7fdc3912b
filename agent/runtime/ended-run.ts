import type { Completeness, RunEndState } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'

/** What is known about a run that could not write its own completeness record. */
export interface EndedRun {
  readonly state: RunEndState
  readonly code: ErrorCode
  readonly reason: string
  readonly startedAt: Date
  readonly endedAt: Date
  /** What was sent before; absent: nothing. */
  readonly sent?: {
    readonly rows: number
    readonly bytes: number
    readonly compressedBytes: number
    readonly chunks: number
  }
}

/** The completeness record of a run that ended without its collector's word. */
export function endedRun(ended: EndedRun): Completeness {
  const { state, code, reason } = ended
  const sent = ended.sent ?? { rows: 0, bytes: 0, compressedBytes: 0, chunks: 0 }
  const counts = { cpuMs: 0, redactions: {}, invalidRows: 0, cutFields: 0, droppedInReview: 0, sources: [] }
  const times = { startedAt: ended.startedAt.toISOString(), endedAt: ended.endedAt.toISOString() }
  return { state, code, reason, ...sent, ...counts, ...times }
}
