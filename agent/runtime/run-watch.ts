import type { CollectorLimits } from '@askfirst/protocol/catalogue-entry.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'

/** Why a run was stopped from outside the collector. */
export interface RunStop {
  readonly state: 'timeout' | 'cancelled'
  readonly code: ErrorCode
  readonly reason: string
}

/**
 * Watches one run's time (SPEC R10). Both clocks stand still while the receiver takes nothing: a slow server slows a
 * collector, it does not cut it. `step` waits for the collector and ends early when the run is stopped.
 */
export class RunWatch {
  readonly #limits: CollectorLimits
  readonly #startedAt = performance.now()
  #pausedMs = 0
  #pausedSince: number | null = null
  #progressAt = this.#startedAt
  #timer: NodeJS.Timeout | undefined
  #reject: ((stop: unknown) => void) | null = null
  /** Set once, when the run was stopped. */
  stopped: RunStop | null = null

  constructor(limits: CollectorLimits) {
    this.#limits = limits
    this.#arm()
  }

  /** Stops the run; the first reason counts. */
  stop(stop: RunStop): void {
    if (this.stopped !== null) return
    this.stopped = stop
    this.close()
    this.#reject?.(stop)
  }

  /** Waits for the collector's next step; rejects with the `RunStop` when the run is stopped first. */
  step<T>(promise: Promise<T>): Promise<T> {
    // A race against one long-lived promise would keep a reaction for every row until the run ends.
    return new Promise((resolve, reject) => {
      this.#reject = reject
      promise.then(resolve, reject)
      if (this.stopped !== null) reject(this.stopped)
    })
  }

  /** A row came. Looks at the time as well: a collector that never waits would keep every timer from firing. */
  progress(): void {
    this.#progressAt = performance.now()
    if (this.#progressAt - this.#pausedMs - this.#startedAt > this.#limits.timeoutMs) this.#check()
  }

  /** The receiver takes nothing for now. */
  pause(): void {
    this.#pausedSince ??= performance.now()
  }

  /** The receiver is ready again. */
  resume(): void {
    if (this.#pausedSince === null) return
    const paused = performance.now() - this.#pausedSince
    this.#pausedSince = null
    this.#pausedMs += paused
    this.#progressAt += paused
  }

  /** Ends the watch. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #check(): void {
    const { total, quiet } = this.#remaining()
    if (total <= 0) this.stop(timeLimit(this.#limits.timeoutMs))
    else if (quiet <= 0) this.stop(quietLimit(this.#limits.noProgressMs))
    else this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const { total, quiet } = this.#remaining()
    this.#timer = setTimeout(() => this.#check(), Math.max(1, Math.ceil(Math.min(total, quiet))))
  }

  #remaining(): { total: number; quiet: number } {
    const now = this.#pausedSince ?? performance.now()
    return {
      total: this.#limits.timeoutMs - (now - this.#startedAt - this.#pausedMs),
      quiet: this.#limits.noProgressMs - (now - this.#progressAt),
    }
  }
}

function timeLimit(timeoutMs: number): RunStop {
  return { state: 'timeout', code: 'RUN_TIMEOUT', reason: `The run was stopped at its time limit of ${timeoutMs} ms.` }
}

function quietLimit(noProgressMs: number): RunStop {
  const reason = `The source delivered nothing for ${noProgressMs} ms; the run was stopped.`
  return { state: 'timeout', code: 'RUN_NO_PROGRESS', reason }
}
