import type { AgentClock } from './agent-clock.ts'

/** Lets a number of events pass in a sliding time; measured with the clock that nobody can set. */
export interface RateGuard {
  /** Counts one event; false when there were too many, which are then not counted. */
  take(): boolean
}

/** Requests that are taken in: nobody is to be worn down by asking again and again. */
export const REQUEST_RATE = { max: 120, perMs: 3_600_000 } as const
/** Refusals that are written down, so that a flood does not fill the disk. */
export const REFUSAL_RATE = { max: 120, perMs: 3_600_000 } as const

export function createRateGuard(
  clock: Pick<AgentClock, 'monotonicMs'>,
  limit: { readonly max: number; readonly perMs: number },
): RateGuard {
  let taken: number[] = []
  return {
    take() {
      const now = clock.monotonicMs()
      taken = taken.filter((at) => now - at < limit.perMs)
      if (taken.length >= limit.max) return false
      taken.push(now)
      return true
    },
  }
}
