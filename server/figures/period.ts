import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Period } from '../store/figure-entities.ts'

const DAY_MS = 86_400_000
/** Days of the period when nothing else is asked for, and most of them. */
const DEFAULT_DAYS = 30
const MAX_DAYS = 732

/**
 * The period of whole days in UTC, the last one included: by default the last 30 days, today among them.
 *
 * @param days first and last day as 2026-11-28
 * @throws AskFirstError INVALID_REQUEST when there is no such day, the last comes before the first, or they are more than two years apart
 */
export function periodOf(clock: Clock, days: { readonly from?: string; readonly to?: string }): Period {
  const toMs = startOf('to', days.to ?? isoNow(clock).slice(0, 10)) + DAY_MS
  const fromMs = days.from === undefined ? toMs - DEFAULT_DAYS * DAY_MS : startOf('from', days.from)
  const length = (toMs - fromMs) / DAY_MS
  if (length < 1) throw refused('to', 'The last day comes before the first.')
  if (length > MAX_DAYS) throw refused('from', `A period has at most ${MAX_DAYS} days.`)
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
  }
}

function startOf(field: string, day: string): number {
  const ms = Date.parse(`${day}T00:00:00.000Z`)
  // The 30th of February is read as the 2nd of March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day)
    throw refused(field, `There is no day ${day}.`)
  return ms
}

function refused(field: string, text: string): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', text, { details: { field } })
}
