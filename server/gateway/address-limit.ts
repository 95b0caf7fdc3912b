/** Tries per window and address, in a table of bounded size. */
export class AddressLimit {
  readonly #tries = new Map<string, number>()
  readonly #maxTries: number
  readonly #windowMs: number
  #windowStart = 0

  constructor(maxTries: number, windowMs: number) {
    this.#maxTries = maxTries
    this.#windowMs = windowMs
  }

  /**
   * Counts a try.
   *
   * @returns 0 when it is allowed, otherwise the ms to wait
   */
  take(address: string, now: number): number {
    if (now - this.#windowStart >= this.#windowMs) {
      this.#tries.clear()
      this.#windowStart = now
    }
    const tries = (this.#tries.get(address) ?? 0) + 1
    if (tries > this.#maxTries) return this.#windowStart + this.#windowMs - now
    // An attacker with very many addresses must not fill the memory; then everyone waits for the next window.
    if (tries === 1 && this.#tries.size >= 10_000) return this.#windowStart + this.#windowMs - now
    this.#tries.set(address, tries)
    return 0
  }
}
