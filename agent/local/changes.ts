/** Counts what changed, so that whoever shows the agent's state can wait for the next change instead of asking again and again. */
export class Changes {
  #count = 0
  readonly #waiting = new Set<() => void>()

  /** How many changes there were since the agent started. */
  get count(): number {
    return this.#count
  }

  /** Something changed that a person can see. */
  note(): void {
    this.#count += 1
    for (const wake of [...this.#waiting]) wake()
  }

  /** The count, as soon as it is another than `known`, or after a time. */
  async after(known: number, waitMs: number): Promise<number> {
    if (this.#count === known) await this.#next(waitMs)
    return this.#count
  }

  #next(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, waitMs).unref()
      this.#waiting.add(wake)
    })
  }
}
