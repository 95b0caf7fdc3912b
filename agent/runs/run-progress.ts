import type { RunProgress } from '../local/commands.ts'
import type { Spool } from '../spool/spool.ts'
import type { RunController } from './run-controller.ts'

/** How each run stands that the device still holds: what was read, and what of it has left. */
export function runProgress(spool: Spool, controller: RunController): RunProgress[] {
  return spool.list().map(({ meta, totals, ended }) => {
    const { runId, grantId, collector, startedAt } = meta
    const sent = controller.sentOf(runId)
    const stage = controller.isWaiting(runId) ? 'waiting-for-look' : ended === null ? 'reading' : 'sending'
    // A dropped run keeps no rows; what had left of it before is all there is to say.
    const rows = Math.max(totals.rows, sent.rows)
    const bytes = Math.max(totals.bytes, sent.bytes)
    return { runId, grantId, collector, stage, startedAt, rows, bytes, sentRows: sent.rows, sentBytes: sent.bytes }
  })
}
