import type { RunEndState, SourceRecord } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { SourceProblem } from './collector-context.ts'
import { MoreThanAllowed, NotSupportedHere, SourceError } from './collector-context.ts'
import type { RunStop } from './run-watch.ts'

/** How a run ended: the head of its completeness record. */
export interface Outcome {
  readonly state: RunEndState
  readonly code?: ErrorCode
  readonly reason?: string
}

const COMPLETE: Outcome = { state: 'complete' }

export function rowLimit(maxRows: number): Outcome {
  const reason = `There were more than the ${maxRows} rows that one run may send.`
  return { state: 'truncated', code: 'RUN_LIMIT_ROWS', reason }
}

export function byteLimit(maxBytes: number): Outcome {
  const reason = `There was more than the ${maxBytes} bytes that one run may send.`
  return { state: 'truncated', code: 'RUN_LIMIT_BYTES', reason }
}

export function stopped(stop: RunStop): Outcome {
  return { state: stop.state, code: stop.code, reason: stop.reason }
}

const SOURCE_OUTCOMES: Readonly<Record<SourceProblem, { state: RunEndState; code: ErrorCode }>> = {
  missing: { state: 'error', code: 'SOURCE_MISSING' },
  denied: { state: 'denied', code: 'SOURCE_DENIED' },
  failed: { state: 'error', code: 'SOURCE_FAILED' },
  timeout: { state: 'timeout', code: 'RUN_TIMEOUT' },
}

/** What an error thrown out of a collector means (SPEC R9). */
export function outcomeOfError(error: unknown): Outcome {
  if (error instanceof SourceError) return { ...SOURCE_OUTCOMES[error.problem], reason: error.message }
  if (error instanceof NotSupportedHere)
    return { state: 'unsupported', code: 'PLATFORM_UNSUPPORTED', reason: error.message }
  if (error instanceof MoreThanAllowed) return { state: 'truncated', code: 'RUN_LIMIT_ROWS', reason: error.message }
  if (error instanceof AskFirstError) return { state: 'error', code: error.code, reason: error.message }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'The collector threw something unnamed.'
  return { state: 'error', code: 'COLLECTOR_FAILED', reason }
}

/** What is known about a run whose collector ended by itself. */
export interface EndFacts {
  readonly rows: number
  readonly invalidRows: number
  readonly partial: readonly SourceError[]
  readonly sources: readonly SourceRecord[]
}

/**
 * Takes the word `complete` away from a run that did not read all (SPEC R8): a source was denied, missing, failed or
 * cut, or rows had to be left out. Without a single row the first problem decides, so that a failure never looks like
 * an empty success.
 */
export function judgeEnd(facts: EndFacts): Outcome {
  const [problem] = facts.partial
  if (problem !== undefined) return judgePartial(problem, facts)
  const bad = facts.sources.find((source) => source.state !== 'ok' && source.state !== 'killed')
  if (bad !== undefined && bad.state !== 'cut' && facts.rows === 0) return sourceOutcome(bad)
  if (facts.invalidRows > 0) return invalidRows(facts)
  const cut = facts.sources.find((source) => source.state === 'cut')
  return cut === undefined ? COMPLETE : { state: 'truncated', code: 'RUN_LIMIT_BYTES', reason: reasonOf(cut) }
}

function judgePartial(problem: SourceError, facts: EndFacts): Outcome {
  const more = facts.partial.length - 1
  const reason = more === 0 ? problem.message : `${problem.message} And ${more} more sources were not read wholly.`
  const { state, code } = SOURCE_OUTCOMES[problem.problem]
  return { state: facts.rows === 0 ? state : 'truncated', code, reason }
}

function sourceOutcome(source: SourceRecord): Outcome {
  const problem = source.state === 'missing' || source.state === 'denied' || source.state === 'timeout'
  const { state, code } = SOURCE_OUTCOMES[problem ? (source.state as SourceProblem) : 'failed'] // Checked above.
  return { state, code, reason: reasonOf(source) }
}

function reasonOf(source: SourceRecord): string {
  return `${source.source}: ${source.detail ?? source.state}`
}

function invalidRows(facts: EndFacts): Outcome {
  const reason = `${facts.invalidRows} rows did not have the form that the collector promises and were left out.`
  return { state: facts.rows === 0 ? 'error' : 'truncated', code: 'COLLECTOR_FAILED', reason }
}
