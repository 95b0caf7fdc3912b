import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { latestEnd } from '../consent/window.ts'
import type { Run, StoredRequest } from '../store/entities.ts'

/** How long after a permission's end a device may take to say how a run under it ended. */
export const RUN_GRACE_MS = 600_000

/** How the server ends a run that its device should have ended. */
export interface OverdueEnd {
  readonly state: 'cancelled' | 'error'
  readonly code: ErrorCode
  readonly reason: string
}

/**
 * Decides whether a run outlived its permission by more than the grace. A device ends its runs with the permission; one
 * that has not said so by then is off, gone or lost them.
 */
export function overdueEnd(run: Run, stored: StoredRequest | null, now: number): OverdueEnd | null {
  const endedAt = permissionEnd(stored)
  if (endedAt !== null && now - endedAt < RUN_GRACE_MS) return null
  const when = endedAt === null ? '' : ` at ${new Date(endedAt).toISOString()}`
  return run.state === 'ordered'
    ? {
        state: 'cancelled',
        code: 'GRANT_EXPIRED',
        reason: `The permission ended${when}, before the device took the order.`,
      }
    : {
        state: 'error',
        code: 'RUN_LOST',
        reason: `The permission ended${when}, and the device has not said how the run ended. What was stored before stays.`,
      }
}

/** When a permission ended or ends, in Unix ms; null when there is none. */
function permissionEnd(stored: StoredRequest | null): number | null {
  if (stored === null || stored.grant === null) return null
  if (stored.grantEndedAt !== null) return Date.parse(stored.grantEndedAt)
  return Math.min(Date.parse(stored.grant.expiresAt), latestEnd(stored))
}
