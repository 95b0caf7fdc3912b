import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { GrantId } from '@askfirst/protocol/ids.ts'
import type { AgentClock } from './agent-clock.ts'

/** How far the wall clock may step back before nobody can tell any more how long a grant has lasted. */
export const MAX_STEP_BACK_MS = 60_000

/**
 * Tells when a grant is over by the stricter of two clocks. The monotonic end is known only in the process in which the
 * grant was given; after a restart the wall clock counts alone, and not at all when it was set back meanwhile.
 */
export interface GrantClock {
  /** Starts the monotonic count of a grant that was given just now. */
  begin(grant: Grant): void
  forget(grantId: GrantId): void
  isOver(grant: Grant): boolean
  /** Milliseconds until the grant is over, 0 when it is. */
  leftMs(grant: Grant): number
}

export function createGrantClock(clock: AgentClock): GrantClock {
  const monotonicEnds = new Map<GrantId, number>()
  const leftMs = (grant: Grant) => {
    const wallLeft = Date.parse(grant.expiresAt) - clock.wallMs()
    const monotonicEnd = monotonicEnds.get(grant.grantId)
    const monotonicLeft = monotonicEnd === undefined ? Number.POSITIVE_INFINITY : monotonicEnd - clock.monotonicMs()
    return Math.max(0, Math.min(wallLeft, monotonicLeft))
  }
  return {
    begin: (grant) =>
      void monotonicEnds.set(
        grant.grantId,
        clock.monotonicMs() + Date.parse(grant.expiresAt) - Date.parse(grant.validFrom),
      ),
    forget: (grantId) => void monotonicEnds.delete(grantId),
    leftMs,
    isOver: (grant) => leftMs(grant) <= 0,
  }
}
