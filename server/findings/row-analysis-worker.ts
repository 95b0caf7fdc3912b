import { RULES } from '../analysis/rules/index.ts'
import type { AnalysedRunRef, RowAnalysis } from '../indexing/row-analysis.ts'
import type { AnalysisOutput } from './analysis-output.ts'
import { TicketAnalysis } from './ticket-analysis.ts'

/** Tickets whose rows are held for the rules; the one that was quiet longest goes first, and is read again when needed. */
const MAX_TICKETS = 128
/** While rows stream, rules are evaluated at most this often a ticket. */
const EVALUATE_EVERY_MS = 1_000

interface Tracked {
  readonly analysis: TicketAnalysis
  evaluatedAtMs: number
}

/** The analysis that runs beside the indexer, in its thread (see indexing/row-analysis.ts). */
export function createRowAnalysis(): RowAnalysis {
  const tickets = new Map<string, Tracked>()

  const track = (run: AnalysedRunRef): Tracked => {
    const key = `${run.ticketId}/${run.deviceId}`
    const tracked = tickets.get(key) ?? { analysis: new TicketAnalysis(RULES, run.platform), evaluatedAtMs: 0 }
    tickets.delete(key)
    tickets.set(key, tracked)
    const oldest = tickets.keys().next().value
    if (tickets.size > MAX_TICKETS && oldest !== undefined) tickets.delete(oldest)
    return tracked
  }

  const incomplete = (run: AnalysedRunRef): AnalysisOutput => {
    tickets.delete(`${run.ticketId}/${run.deviceId}`)
    return { kind: 'incomplete', ticketId: run.ticketId, deviceId: run.deviceId }
  }

  const evaluate = (run: AnalysedRunRef, tracked: Tracked): AnalysisOutput => {
    tracked.evaluatedAtMs = Date.now()
    return {
      kind: 'results',
      ticketId: run.ticketId,
      deviceId: run.deviceId,
      results: tracked.analysis.evaluate(Date.now()),
    }
  }

  return {
    rows(run, firstRow, rows) {
      const tracked = track(run)
      if (!tracked.analysis.addRows(run, firstRow, rows)) return null
      return Date.now() - tracked.evaluatedAtMs < EVALUATE_EVERY_MS ? null : evaluate(run, tracked)
    },
    ended(run, end) {
      const tracked = track(run)
      return tracked.analysis.endRun(run, end) ? evaluate(run, tracked) : incomplete(run)
    },
  }
}
