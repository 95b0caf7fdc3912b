const TICK_MS = 500

/** Calls something twice a second, and only while it is wanted. A failure is told and does not end it. */
export class Ticker {
  readonly #act: () => void
  readonly #onError: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined

  constructor(act: () => void, onError: (error: unknown) => void) {
    this.#act = act
    this.#onError = onError
  }

  run(isWanted: boolean): void {
    if (!isWanted) clearInterval(this.#timer)
    this.#timer = isWanted ? (this.#timer ?? setInterval(() => this.#tick(), TICK_MS).unref()) : undefined
  }

  #tick(): void {
    try {
      this.#act()
    } catch (error) {
      this.#onError(error)
    }
  }
}
