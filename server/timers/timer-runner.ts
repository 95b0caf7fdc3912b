import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Store } from '../store/store.ts'
import type { Timer } from '../store/timer-store.ts'
import type { TimerHandler } from './timer-handler.ts'

/** Bounds of a runner, in ms. */
const BOUNDS = {
  /** Longest sleep: after it the clock is looked at anew, so that a clock that was moved is noticed. */
  sleepMs: 30_000,
  /** For how long a claimed timer is the runner's own. */
  leaseMs: 60_000,
  /** Timers of one claim; they are handled one after the other within the lease. */
  claim: 8,
  /** Wait after a first failure; each further one doubles it. */
  retryMs: 5_000,
  longestRetryMs: 300_000,
} as const

export interface RunnerDeps {
  readonly store: Pick<Store, 'timers'>
  readonly clock: Clock
  readonly bus: Bus
  readonly log: Logger
  readonly handlers: readonly TimerHandler[]
}

/**
 * Fires timers when they are due. Several runners may work on one store: each timer is leased to one, and what a handler
 * writes ends the timer in the same commit, so that it takes effect once also when a lease runs out halfway.
 */
export class TimerRunner {
  readonly #deps: RunnerDeps
  readonly #handlers: ReadonlyMap<string, TimerHandler>
  readonly #owner = `runner_${randomUUID()}`
  #unsubscribe: (() => void) | null = null
  #sleep: NodeJS.Timeout | null = null
  #turning: Promise<number> | null = null
  #wokenMeanwhile = false
  #closing = false

  constructor(deps: RunnerDeps) {
    this.#deps = deps
    this.#handlers = new Map(deps.handlers.map((handler) => [handler.kind, handler]))
  }

  /** Looks now, and from now on whenever a timer is due. */
  start(): void {
    this.#unsubscribe = this.#deps.bus.subscribe('timers', () => this.#wake())
    this.#wake()
  }

  /** Fires what is due now, or waits for the turn that is on; the number of timers handled. Never rejects. */
  turn(): Promise<number> {
    this.#turning ??= this.#turnOnce().finally(() => {
      this.#turning = null
    })
    return this.#turning
  }

  /** Finishes the timer at hand, gives the others back and stops. */
  async close(): Promise<void> {
    this.#closing = true
    this.#unsubscribe?.()
    if (this.#sleep !== null) clearTimeout(this.#sleep)
    await this.#turning
  }

  #wake(): void {
    if (this.#closing) return
    if (this.#turning !== null) {
      this.#wokenMeanwhile = true
      return
    }
    if (this.#sleep !== null) clearTimeout(this.#sleep)
    this.#sleep = null
    void this.turn().then((handled) => this.#rest(handled))
  }

  /** Sleeps until the next timer is due, or looks again when one was set during the turn. */
  async #rest(handled: number): Promise<void> {
    const woken = this.#wokenMeanwhile
    this.#wokenMeanwhile = false
    const sleepMs = woken ? 0 : await this.#untilNext(handled)
    if (this.#closing || this.#sleep !== null || this.#turning !== null) return
    this.#sleep = setTimeout(() => this.#wake(), this.#wokenMeanwhile ? 0 : sleepMs)
    this.#sleep.unref()
  }

  /** Something that is due and was not to be had (another runner takes it just now, the store fails) waits a little. */
  async #untilNext(handled: number): Promise<number> {
    const { store, clock, log } = this.#deps
    try {
      const next = await store.timers.nextDue([...this.#handlers.keys()])
      if (next === null) return BOUNDS.sleepMs
      const waitMs = Date.parse(next) - clock.now()
      if (waitMs <= 0) return handled > 0 ? 0 : BOUNDS.retryMs
      return Math.min(waitMs, BOUNDS.sleepMs)
    } catch (error) {
      log.error({ err: error }, 'the next timer could not be read; the runner looks again later')
      return BOUNDS.sleepMs
    }
  }

  async #turnOnce(): Promise<number> {
    let handled = 0
    try {
      for (;;) {
        const timers = await this.#claim()
        if (timers.length === 0) return handled
        for (const timer of timers) await this.#handle(timer)
        handled += timers.length
      }
    } catch (error) {
      this.#deps.log.error({ err: error }, 'due timers could not be claimed; the runner looks again later')
      return handled
    }
  }

  async #claim(): Promise<readonly Timer[]> {
    if (this.#closing) return []
    const { store, clock } = this.#deps
    const { leaseMs, claim: limit } = BOUNDS
    const kinds = [...this.#handlers.keys()]
    return store.timers.claim({ now: isoNow(clock), owner: this.#owner, leaseMs, kinds, limit })
  }

  async #handle(timer: Timer): Promise<void> {
    const { store, clock, log } = this.#deps
    const { key, dueAt, kind } = timer
    if (this.#closing) {
      await store.timers.release(key, this.#owner, null)
      return
    }
    try {
      await this.#handlers.get(kind)?.fire(timer)
      await store.timers.fire({ key, dueAt }, isoNow(clock))
    } catch (error) {
      const waitMs = Math.min(BOUNDS.retryMs * 2 ** Math.min(timer.attempts, 16), BOUNDS.longestRetryMs)
      log.error({ err: error, timer: key, attempts: timer.attempts + 1 }, 'a timer failed; it is tried again later')
      await store.timers.release(key, this.#owner, new Date(clock.now() + waitMs).toISOString())
    }
  }
}
