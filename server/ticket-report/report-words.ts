import type { RunEndState } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS } from '@askfirst/protocol/errors.ts'
import type { Severity } from '@askfirst/protocol/finding.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { describeProblem } from '../people/opened-ticket.ts'
import type { Finding, RequestState, Run } from '../store/entities.ts'

/** "2026-11-22 03:00:00 UTC". */
export function timeText(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`
}

/** "1 row", "12,000 rows". */
export function rowsText(rows: number): string {
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`
}

/** The text of the error table for a code; the code itself where the table does not have it. */
export function codeText(code: string): string {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].text : code // Just checked.
}

const RUN_STATES: Readonly<Record<Run['state'], string>> = {
  ordered: 'ordered, not begun',
  accepted: 'still reading',
  review: 'the person looks at the rows first',
  refused: 'refused by the device',
  complete: 'all there was to read was read',
  truncated: 'cut at a limit',
  timeout: 'ran out of time',
  denied: 'not permitted on the device',
  unsupported: 'not available on the device',
  cancelled: 'stopped before its end',
  error: 'failed',
}

/** How far a run came, in plain words. */
export function runStateText(state: Run['state'] | RunEndState): string {
  return RUN_STATES[state]
}

const REQUEST_STATES: Readonly<Record<RequestState, string>> = {
  asked: 'Not answered yet',
  received: 'Not answered yet',
  shown: 'Not answered yet',
  given: 'Allowed',
  refused: 'Refused',
  'no-answer': 'No answer came in time, which is a no',
  withdrawn: 'Taken back by the desk',
  rejected: 'Not shown by the device',
}

export function requestStateText(state: RequestState): string {
  return REQUEST_STATES[state]
}

const SEVERITIES: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  information: 'For information',
}

export function severityText(severity: Severity): string {
  return SEVERITIES[severity]
}

const VERDICTS: Readonly<Record<Finding['state'], string>> = {
  open: 'Not judged yet',
  confirmed: 'Confirmed',
  dismissed: 'Dismissed',
}

export function verdictText(state: Finding['state']): string {
  return VERDICTS[state]
}

/** What the person said, without its form: each field that they filled in, or their answer. */
export function wordsOf(said: StatementRecord['said']): string {
  if (said.kind === 'opened') return `${said.title}\n${describeProblem(said)}`
  if (said.kind === 'reply') return said.text
  if (said.kind === 'decided') return [choiceText(said.choice), said.text ?? []].flat().join(': ')
  const answer = said.fixed ? 'It is fixed' : 'It is not fixed'
  return said.text === undefined ? answer : `${answer}: ${said.text}`
}

const CHOICES: Readonly<Record<string, string>> = {
  approved: 'Agreed',
  declined: 'Did not agree',
  none: 'None of the times fits',
  good: 'The help was good',
  ok: 'The help was all right',
  bad: 'The help was not good',
}

/** What the person chose, in words; a time has its own, which the question names. */
export function choiceText(choice: string): string {
  return CHOICES[choice] ?? `Picked ${choice.replace('-', ' ')}`
}

const SAYING: Readonly<Record<StatementRecord['said']['kind'], string>> = {
  opened: 'asked for help',
  reply: 'wrote',
  answer: 'answered',
  decided: 'answered what was asked',
}

/** The same as a sentence, read after a name. */
export function saidText(said: StatementRecord['said']): string {
  return `${SAYING[said.kind]}: ${wordsOf(said)}`
}

/** Bytes with their unit, exactly. */
export function bytesText(bytes: number): string {
  return `${bytes.toLocaleString('en')} bytes`
}

/** A length of time in whole minutes and seconds: "10 min", "1 min 30 s". */
export function lengthText(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const parts = [
    [Math.floor(seconds / 60), 'min'],
    [seconds % 60, 's'],
  ] as const
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count.toLocaleString('en')} ${unit}`)
      .join(' ') || '0 s'
  )
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const

/** A stretch of days, hours and minutes, cut to whole minutes: "2 d 3 h", "1 h 5 min". */
export function stretchText(ms: number): string {
  let left = Math.max(0, ms)
  const parts = UNITS.flatMap(([unitMs, name]) => {
    const count = Math.floor(left / unitMs)
    left -= count * unitMs
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${name}`]
  })
  return parts.join(' ') || 'less than a minute'
}
