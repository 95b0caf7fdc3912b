import type { EventLevel } from '@askfirst/protocol/results/eventlog-query.ts'

const LEVELS: readonly EventLevel[] = [
  'critical',
  'critical',
  'critical',
  'error',
  'warning',
  'information',
  'information',
  'verbose',
]

/** Level of a syslog priority or severity number (RFC 5424 section 6.2.1); the facility is ignored. */
export function levelOfPriority(priority: number): EventLevel {
  return LEVELS[priority & 7] ?? 'information'
}

const CRITICAL = /\b(kernel panic|panic - not syncing|kernel bug at|bug: |oops: |double fault|hardware error|emerg)/i
const ERROR =
  /\b(errors?|failed|failure|fatal|fault|crash(ed)?|out of memory|oom-killer|killed process|call trace|segfault|timed out|corrupt(ed|ion)?|denied|blocked for more than|table full)\b/i
const WARNING =
  /\b(warn(ing)?|deprecated|retry(ing)?|throttl\w+|degraded|unable to|cannot|could not|not found|dropped)\b/i
const NO_FAULT = /\b(no|0|without|zero) (errors?|failures?|faults?)\b|\b(errors?|failures?|failed)[:=] ?0\b/i

/**
 * Level that the words of a message suggest, for sources that keep none (plain syslog files). It is a guess and the
 * row says so.
 */
export function guessLevel(message: string): EventLevel {
  const start = message.slice(0, 1_024)
  if (CRITICAL.test(start)) return 'critical'
  if (ERROR.test(start) && !NO_FAULT.test(start)) return 'error'
  return WARNING.test(start) ? 'warning' : 'information'
}
