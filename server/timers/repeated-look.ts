/** Looks at something every so often and when asked, one look at a time: whoever asks during one waits for that. */
export class RepeatedLook {
  readonly #look: () => Promise<void>
  #looking: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined

  /** @param look never rejects: what fails is tried at the next turn */
  constructor(look: () => Promise<void>) {
    this.#look = look
  }

  /** Looks now, and every so many ms; it keeps no process alive. */
  start(everyMs: number): void {
    this.#timer = setInterval(() => void this.now(), everyMs)
    this.#timer.unref()
    void this.now()
  }

  /** Looks once, or waits for the look that is on. */
  now(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  /** Stops, after the look that is on. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }
}
