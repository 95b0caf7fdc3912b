import { uptime } from 'node:os'

/**
 * The agent's own clocks, as a dependency so that tests can hold them. A grant ends by whichever says so first: the wall
 * clock can be set back, the monotonic one stands still while the machine sleeps. One that was given ahead begins when
 * the wall clock and the time since the machine started both say so: the wall clock can be set forward.
 */
export interface AgentClock {
  /** Unix time in ms. */
  wallMs(): number
  /** Milliseconds since some moment of this process; never goes back. */
  monotonicMs(): number
  /** Milliseconds since the machine started, its sleep included; nobody can set it. */
  uptimeMs(): number
}

export const systemAgentClock: AgentClock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  uptimeMs: () => uptime() * 1_000,
}

/** A wall-clock time as the protocol writes it: ISO 8601, UTC, milliseconds. */
export function instant(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
