const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** How long a mail waits after each try that failed: nine tries within about two days, as RFC 5321 (4.5.4.1) advises. */
const WAITS_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  8 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
] as const

/** Tries of one mail. */
export const MAX_ATTEMPTS = WAITS_MS.length + 1

/**
 * How long to wait after a try, with up to a fifth more, so that mails that failed together are not tried together.
 *
 * @param attempt counts the tries, the first is 1
 * @param random at least 0 and below 1
 * @returns null when it was the last try
 */
export function waitAfter(attempt: number, random: number): number | null {
  const wait = WAITS_MS[attempt - 1]
  return wait === undefined ? null : Math.round(wait * (1 + random / 5))
}
