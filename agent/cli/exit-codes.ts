import type { ErrorCode } from '@askfirst/protocol/errors.ts'

/** What scripts can rely on. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notRunning: 3, refused: 4 } as const

export const EXIT_CODES_HELP = `
Exit codes:
  0  done
  1  failed; the message says why
  2  the command was not understood
  3  the agent is not running, or this account may not talk to it
  4  refused: by you, by the local policy, or because the permission or request is over`

const USAGE: readonly ErrorCode[] = ['INVALID_REQUEST', 'LOCAL_REQUEST_INVALID', 'PARAMS_INVALID', 'COLLECTOR_UNKNOWN']
const REFUSED: readonly ErrorCode[] = [
  'REQUEST_CLOSED',
  'REQUEST_FORBIDDEN_BY_POLICY',
  'COLLECTOR_UNAVAILABLE',
  'SOURCE_DENIED',
]

/** The exit code that fits an error of the table. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'LOCAL_AUTH_FAILED') return EXIT.notRunning
  if (USAGE.includes(code)) return EXIT.usage
  return REFUSED.includes(code) || code.startsWith('GRANT_') ? EXIT.refused : EXIT.failed
}
