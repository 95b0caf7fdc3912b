import type { Share } from '../../api/figures.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** What is not there. */
export const NONE = '–'

/** A length of time in as few characters as a table has room for: "45 s", "12 min", "3.4 h", "2.1 d". */
export function shortLength(ms: number | null): string {
  if (ms === null) return NONE
  if (ms < MINUTE_MS) return `${Math.round(ms / 1_000)} s`
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`
  if (ms < 2 * DAY_MS) return `${rounded(ms / HOUR_MS)} h`
  return `${rounded(ms / DAY_MS)} d`
}

function rounded(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 })
}

export function percentText({ count, of }: Share): string {
  return of === 0 ? NONE : `${Math.round((count / of) * 100)} %`
}

const ANSWERS: Readonly<Record<string, string>> = {
  allowed: 'Allowed',
  trimmed: 'Allowed in part',
  refused: 'Said no',
  'no-answer': 'No answer',
  withdrawn: 'Withdrawn by the desk',
  failed: 'Failed at the device',
  waiting: 'Waiting',
}

export function answerWord(answer: string): string {
  return ANSWERS[answer] ?? answer
}
