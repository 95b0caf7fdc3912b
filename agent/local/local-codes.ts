import type { ErrorCode } from '@askfirst/protocol/errors.ts'

/**
 * Codes with which a command of the local channel can fail, at either end of it. Whatever else fails is `INTERNAL` to the
 * person; a guard test compares the list with what the agent's parts throw.
 */
export const LOCAL_CODES = [
  'CONFLICT',
  'GRANT_EXPIRED',
  'GRANT_REVOKED',
  'GRANT_UNKNOWN',
  'INTERNAL',
  'LOCAL_AUTH_FAILED',
  'LOCAL_REQUEST_INVALID',
  'NOT_FOUND',
  'REQUEST_CLOSED',
  'REQUEST_FORBIDDEN_BY_POLICY',
  'REQUEST_UNKNOWN',
  'RUN_DUPLICATE',
  'RUN_SPOOL_FULL',
  'RUN_UNKNOWN',
] as const satisfies readonly ErrorCode[]
export type LocalCode = (typeof LOCAL_CODES)[number]
