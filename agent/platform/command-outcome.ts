import type { SourceRecord } from '@askfirst/protocol/completeness.ts'
import type { SourceProblem } from '../runtime/collector-context.ts'
import type { CommandEnd } from './command-run.ts'

/** What the end of a program means: its source record, and the problem that the collector is told, if any. */
export interface CommandOutcome {
  readonly record: Pick<SourceRecord, 'state' | 'exitCode' | 'detail'>
  readonly problem: SourceProblem | null
}

export interface CommandFacts {
  readonly stderr: string
  readonly cutLines: number
  readonly okExitCodes: readonly number[]
}

/** What programs say when the system refused them something; matched on standard error, in any letter case. */
const DENIED = /permission denied|access is denied|not permitted|operation requires|must be root|access denied/i

/** Reads the end of a program that was read to its end. */
export function outcomeOf(end: CommandEnd, facts: CommandFacts): CommandOutcome {
  switch (end.kind) {
    case 'exit':
      return facts.okExitCodes.includes(end.exitCode) ? okOutcome(end.exitCode, facts) : failed(end.exitCode, facts)
    case 'signal':
      return problem('failed', `The program was ended by ${end.signal}. ${facts.stderr}`)
    case 'not-started':
      return notStarted(end.code)
    case 'timeout':
      return problem('timeout', `The program did not answer in its time and was stopped. ${facts.stderr}`)
    case 'aborted':
      return { record: { state: 'killed', detail: 'The run was stopped while the program ran.' }, problem: null }
  }
}

/** The outcome of a program whose output went beyond its bound. */
export function cutOutcome(maxBytes: number): CommandOutcome {
  return { record: { state: 'cut', detail: `Only the first ${maxBytes} bytes were read.` }, problem: null }
}

/** The outcome of a program that the collector stopped reading. */
export const LEFT_EARLY: CommandOutcome = {
  record: { state: 'killed', detail: 'The collector had read enough and stopped the program.' },
  problem: null,
}

function okOutcome(exitCode: number, facts: CommandFacts): CommandOutcome {
  if (facts.cutLines === 0) return { record: { state: 'ok', exitCode }, problem: null }
  return { record: { state: 'cut', exitCode, detail: `${facts.cutLines} lines were too long and cut.` }, problem: null }
}

function failed(exitCode: number, facts: CommandFacts): CommandOutcome {
  const state = DENIED.test(facts.stderr) ? 'denied' : 'failed'
  const detail = `The program ended with exit code ${exitCode}. ${facts.stderr}`.trim()
  return { record: { state, exitCode, detail }, problem: state }
}

function notStarted(code: string): CommandOutcome {
  if (code === 'ENOENT') return problem('missing', 'The program is not there.')
  if (code === 'EACCES' || code === 'EPERM') return problem('denied', 'The system did not let the program start.')
  return problem('failed', `The program could not be started (${code}).`)
}

function problem(state: SourceProblem, detail: string): CommandOutcome {
  return { record: { state, detail: detail.trim() }, problem: state }
}
