import type { RunId } from '@askfirst/protocol/ids.ts'

/** Who uses the local channel, as the secret they proved to know says. */
export interface LocalUser {
  /** Account name as the operating system gives it. */
  readonly osUser: string
  /** Numeric id; -1 on Windows. */
  readonly uid: number
}

/** A run whose rows wait on the device for the person's look. */
export interface HeldRun {
  readonly runId: RunId
  readonly grantId: string
  readonly ticketNumber: number
  readonly collector: string
  readonly rows: number
  /** Bytes of the rows as NDJSON. */
  readonly bytes: number
  readonly startedAt: string
}

/** Rows `from` to `to`, both included, counted from 1 in the order they would be sent. */
export interface RowRange {
  readonly from: number
  readonly to: number
}

export interface NumberedRow {
  readonly number: number
  /** The row as one line of JSON, exactly as it would be sent. */
  readonly json: string
}

/** What the run controller offers to the person who looks before sending. Errors: RUN_UNKNOWN, CONFLICT (decided already). */
export interface ReviewOperations {
  waiting(): Promise<readonly HeldRun[]>
  /** At most `limit` rows after the row with number `after` (0: from the start). */
  rows(runId: RunId, after: number, limit: number): Promise<readonly NumberedRow[]>
  /**
   * Sends all rows but those of the ranges, without the named columns. The choice is durable before it takes effect; what
   * was dropped is gone.
   */
  send(
    runId: RunId,
    drop: { readonly rows: readonly RowRange[]; readonly columns: readonly string[] },
    by: LocalUser,
  ): Promise<{ readonly sent: number; readonly dropped: number }>
  /** Deletes all rows; the run ends as `cancelled` with RUN_DISCARDED. */
  discard(runId: RunId, by: LocalUser): Promise<{ readonly discarded: number }>
}

/** How the agent stands with its server, for `status`. */
export interface LinkStatus {
  /** `host:port` of the server. */
  readonly server: string
  readonly state: 'connected' | 'connecting' | 'quarantined' | 'stopped'
  /** Why it is not connected, in one sentence; absent when it is. */
  readonly problem?: string | undefined
  readonly certificateExpiresAt?: string | undefined
  readonly openRuns: number
}
