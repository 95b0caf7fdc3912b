/**
 * The agent's own two clocks, as a dependency so that tests can hold them. A grant ends by whichever says so first:
 * the wall clock can be set back, the monotonic one stands still while the machine sleeps.
 */
export interface AgentClock {
  /** Unix time in ms. */
  wallMs(): number
  /** Milliseconds since some moment of this process; never goes back. */
  monotonicMs(): number
}

export const systemAgentClock: AgentClock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }

/** A wall-clock time as the protocol writes it: ISO 8601, UTC, milliseconds. */
export function instant(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
