import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { GrantId } from '@askfirst/protocol/ids.ts'
import type { AgentClock } from './agent-clock.ts'

/** How far the wall clock may step back before nobody can tell any more how long a grant has lasted. */
export const MAX_STEP_BACK_MS = 60_000
/** How far the wall clock and the uptime may drift apart by themselves until a grant begins that was given a month ahead. */
const MAX_DRIFT_MS = 5 * 60_000

/**
 * Tells when a grant begins and when it is over, each by the stricter of two clocks. Only the process in which the grant was
 * given knows more than the wall clock; after a restart that counts alone, and not at all when it was set back meanwhile.
 */
export interface GrantClock {
  /** Starts the counts of a grant that was given just now. */
  begin(grant: Grant): void
  forget(grantId: GrantId): void
  isOver(grant: Grant): boolean
  /** Whether nothing may be read yet: the grant was given ahead, for a later time (SPEC C25). */
  isAhead(grant: Grant): boolean
  /** Milliseconds until the grant is over, 0 when it is. */
  leftMs(grant: Grant): number
}

/** What the clocks that nobody can set will say when a grant begins and when it is over. */
interface Counts {
  readonly uptimeBegin: number
  readonly monotonicEnd: number
}

export function createGrantClock(clock: AgentClock): GrantClock {
  const counts = new Map<GrantId, Counts>()
  const leftMs = ({ grantId, expiresAt }: Grant) => {
    const wallLeft = Date.parse(expiresAt) - clock.wallMs()
    const monotonicEnd = counts.get(grantId)?.monotonicEnd ?? Number.POSITIVE_INFINITY
    return Math.max(0, Math.min(wallLeft, monotonicEnd - clock.monotonicMs()))
  }
  return {
    begin({ grantId, validFrom, expiresAt }) {
      const aheadMs = Math.max(0, Date.parse(validFrom) - clock.wallMs())
      const lastsMs = Date.parse(expiresAt) - Date.parse(validFrom)
      counts.set(grantId, {
        uptimeBegin: clock.uptimeMs() + aheadMs - MAX_DRIFT_MS,
        monotonicEnd: clock.monotonicMs() + aheadMs + lastsMs,
      })
    },
    forget: (grantId) => void counts.delete(grantId),
    leftMs,
    isOver: (grant) => leftMs(grant) <= 0,
    isAhead: ({ grantId, validFrom }) =>
      clock.wallMs() < Date.parse(validFrom) ||
      clock.uptimeMs() < (counts.get(grantId)?.uptimeBegin ?? Number.NEGATIVE_INFINITY),
  }
}
