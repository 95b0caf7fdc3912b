const FIRST_MS = 1_000
const LONGEST_MS = 300_000

/**
 * Full-jitter exponential back-off (SPEC W13): a random time between zero and a bound that doubles from one second to
 * five minutes, so that ten thousand agents do not return at once.
 */
export class Backoff {
  readonly #random: () => number
  #boundMs = FIRST_MS

  /** @param random gives 0 (inclusive) to 1 (exclusive) */
  constructor(random: () => number) {
    this.#random = random
  }

  /** Time to wait before the next try, in ms; the one after may be twice as long. */
  next(): number {
    const waitMs = Math.floor(this.#random() * this.#boundMs)
    this.#boundMs = Math.min(this.#boundMs * 2, LONGEST_MS)
    return waitMs
  }

  /** The connection has held: start short again. */
  reset(): void {
    this.#boundMs = FIRST_MS
  }

  /** The server has said that trying soon is of no use. */
  goLong(): void {
    this.#boundMs = LONGEST_MS
  }
}
