import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from './define-message.ts'
import { Instant } from './fields.ts'
import { AppointmentId } from './ids.ts'
import { LIMITS } from './limits.ts'

/** How far ahead a permission for a window can be asked for: a month, and no calendar further. */
const MAX_WINDOW_AHEAD_MS = 31 * 86_400_000
/** Shortest window; what is shorter is over before anything was read. */
const MIN_WINDOW_MS = 60_000

/** First protocol version whose agents know windows (SPEC C28). */
export const WINDOW_VERSION = 4

/** The times of an agreed appointment, for which alone a permission is asked (SPEC C24). */
export const ConsentWindow = Type.Object({ appointmentId: AppointmentId, from: Instant, until: Instant }, closed)
export type ConsentWindow = Static<typeof ConsentWindow>

/** How long a window is, in ms. */
export function windowLengthMs({ from, until }: Pick<ConsentWindow, 'from' | 'until'>): number {
  return Date.parse(until) - Date.parse(from)
}

/** Says in one sentence why a window cannot be asked for now, by the clock of whoever looks, or null (SPEC C24). */
export function windowProblem(window: ConsentWindow, nowMs: number): string | null {
  const lengthMs = windowLengthMs(window)
  if (Number.isNaN(lengthMs)) return 'A time of the window is not a real one.'
  if (lengthMs < MIN_WINDOW_MS || lengthMs > LIMITS.maxGrantMs)
    return `A window may last between 1 minute and ${LIMITS.maxGrantMs / 3_600_000} hours.`
  if (Date.parse(window.until) <= nowMs) return 'The time of the window is over.'
  return Date.parse(window.from) > nowMs + MAX_WINDOW_AHEAD_MS
    ? `A window may begin at most ${MAX_WINDOW_AHEAD_MS / 86_400_000} days ahead.`
    : null
}
