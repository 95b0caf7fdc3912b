/** Silence of so many intervals means that the other side is gone (SPEC W12). */
const DEAD_AFTER = 3

export interface HeartbeatOptions {
  readonly intervalMs: number
  /** 0 to 1 */
  readonly random: () => number
  readonly ping: (nonce: number) => void
  readonly onSilence: () => void
}

/** Pings at an interval with jitter and watches that anything at all is heard. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #heardAt = performance.now()
  #nonce = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#arm()
  }

  /** Something came. */
  heard(): void {
    this.#heardAt = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #arm(): void {
    // Between 75 % and 100 % of the interval: never later than the server expects, never in step with others.
    const waitMs = this.#options.intervalMs * (0.75 + 0.25 * this.#options.random())
    this.#timer = setTimeout(() => this.#beat(), waitMs)
  }

  #beat(): void {
    if (performance.now() - this.#heardAt > DEAD_AFTER * this.#options.intervalMs) return this.#options.onSilence()
    this.#nonce += 1
    this.#options.ping(this.#nonce)
    this.#arm()
  }
}
