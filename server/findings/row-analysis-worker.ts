import { RULES } from '../analysis/rules/index.ts'
import type { AnalysedRunRef, RowAnalysis } from '../indexing/row-analysis.ts'
import type { AnalysisOutput } from './analysis-output.ts'
import { TicketAnalysis } from './ticket-analysis.ts'

/** Tickets whose rows are held for the rules; the one that was quiet longest goes first, and is read again when needed. */
const MAX_TICKETS = 128

/** The analysis that runs beside the indexer, in its thread (see indexing/row-analysis.ts). */
export function createRowAnalysis(): RowAnalysis {
  const tickets = new Map<string, TicketAnalysis>()

  const track = (run: AnalysedRunRef): TicketAnalysis => {
    const key = `${run.ticketId}/${run.deviceId}`
    const tracked = tickets.get(key) ?? new TicketAnalysis(RULES, run.platform)
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

  const evaluate = (run: AnalysedRunRef, analysis: TicketAnalysis): AnalysisOutput => {
    const { ticketId, deviceId } = run
    return { kind: 'results', ticketId, deviceId, results: analysis.evaluate(Date.now()) }
  }

  return {
    rows(run, firstRow, rows) {
      const analysis = track(run)
      // Rows that no rule selects change no outcome, so a quiet log costs no evaluation; the end has one in any case.
      return analysis.addRows(run, firstRow, rows) === 'selected' ? evaluate(run, analysis) : null
    },
    ended(run, end) {
      const analysis = track(run)
      return analysis.endRun(run, end) ? evaluate(run, analysis) : incomplete(run)
    },
  }
}
