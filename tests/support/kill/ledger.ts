import type { TapEvent } from './tap.ts'

/** What the server promised, as the agent's socket brought it: kept in the test's process, outside of both. */
export class Ledger {
  /** Per run the highest `nextSeq` that was acknowledged. */
  readonly acknowledged = new Map<string, number>()
  /** Runs whose end was acknowledged. */
  readonly recordedRuns = new Set<string>()
  /** Hashes of receipts that were acknowledged. */
  readonly recordedReceipts = new Set<string>()

  note({ way, type, runId = '', nextSeq = 0, jwsSha256 = '' }: TapEvent): void {
    if (way !== 'in') return
    if (type === 'chunk.ack') this.acknowledged.set(runId, Math.max(this.acknowledged.get(runId) ?? 0, nextSeq))
    if (type === 'run.recorded') this.recordedRuns.add(runId)
    if (type === 'consent.recorded') this.recordedReceipts.add(jwsSha256)
  }
}
