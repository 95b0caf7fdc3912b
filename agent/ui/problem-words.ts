import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import type { LocalCode } from '../local/local-codes.ts'
import { LOCAL_CODES } from '../local/local-codes.ts'
import type { TextKey } from './texts.ts'

/** What the person is told when the agent answers with a code; its own sentence is for whoever reads the log. */
const TEXTS: Readonly<Record<LocalCode, TextKey>> = {
  CONFLICT: 'problem.changed',
  GRANT_EXPIRED: 'problem.grantOver',
  GRANT_REVOKED: 'problem.grantOver',
  GRANT_UNKNOWN: 'problem.grantOver',
  INTERNAL: 'problem.internal',
  LOCAL_AUTH_FAILED: 'page.gone',
  LOCAL_REQUEST_INVALID: 'problem.invalid',
  NOT_FOUND: 'page.notFound',
  REQUEST_CLOSED: 'flash.over',
  REQUEST_FORBIDDEN_BY_POLICY: 'problem.policy',
  REQUEST_UNKNOWN: 'flash.over',
  RUN_DUPLICATE: 'problem.internal',
  RUN_SPOOL_FULL: 'problem.full',
  RUN_UNKNOWN: 'problem.rowsGone',
}

/** The text for a code; what the agent cannot answer with is a fault of the program. */
export function problemText(code: ErrorCode): TextKey {
  const known = LOCAL_CODES.find((each) => each === code)
  return known === undefined ? 'problem.internal' : TEXTS[known]
}
