import { LIMITS } from '@askfirst/protocol/limits.ts'

/** Chunk bytes of all agents together that may wait in memory for the store. */
const NODE_BUDGET_BYTES = 64 * 1_048_576
/** Most credit of one agent while others are connected: the loop takes all that came of one socket before the next one. */
const SHARED_CREDIT_BYTES = 262_144
/** A store that commits faster than this can take more at once; one slower than `SLOW_MS` gets less. */
const FAST_MS = 8
const SLOW_MS = 60
/** Weight of the newest batch in the moving average. */
const WEIGHT = 0.25

/**
 * Decides how many bytes an agent may have in flight (SPEC R5, L9, L10). Credit grows while the store is fast and
 * memory is free, and shrinks when it is not: a slow disk slows the collectors and fills no memory, and one agent's
 * burst does not make another one wait.
 */
export class CreditPolicy {
  readonly budgetBytes: number
  #latencyMs = 0

  constructor(budgetBytes: number = NODE_BUDGET_BYTES) {
    this.budgetBytes = budgetBytes
  }

  /** Takes note of how long the store took for a batch. */
  observe(durationMs: number): void {
    this.#latencyMs += (durationMs - this.#latencyMs) * WEIGHT
  }

  /**
   * Credit that a session gets next.
   *
   * @param current its credit now, in bytes
   * @param load bytes that wait on this node, sessions they are from, and sessions there are; without the last it is alone
   */
  next(
    current: number,
    load: { readonly inFlightBytes: number; readonly senders: number; readonly sessions?: number },
  ): number {
    const most = (load.sessions ?? 1) > 1 ? SHARED_CREDIT_BYTES : LIMITS.maxCreditBytes
    return Math.min(most, this.#adapted(current, load))
  }

  #adapted(current: number, load: { readonly inFlightBytes: number; readonly senders: number }): number {
    if (this.#latencyMs > SLOW_MS || load.inFlightBytes > this.budgetBytes / 2) return clamp(current / 2)
    if (this.#latencyMs > FAST_MS) return current
    return clamp(Math.min(current * 2, this.budgetBytes / Math.max(1, load.senders)))
  }
}

function clamp(bytes: number): number {
  return Math.min(LIMITS.maxCreditBytes, Math.max(LIMITS.initialCreditBytes, Math.floor(bytes)))
}
