import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import type { GrantId } from '@askfirst/protocol/ids.ts'
import type { CollectorHost, HostOptions } from '../runtime/collector-host.ts'
import { startCollectorHost } from '../runtime/collector-host.ts'

/** A host without an order, and one that waits for an answer, is ended after so long; the next order starts another. */
const IDLE_MS = 5 * 60_000

interface Held {
  readonly host: CollectorHost
  open: number
  timer: NodeJS.Timeout | undefined
}

/** The collector hosts: one for each grant, warm from its start on, gone with its end (SPEC R10). */
export class GrantHosts {
  readonly #options: HostOptions
  readonly #hosts = new Map<GrantId, Held>()
  /** Started when a request was shown; the next grant takes it. */
  #spare: { readonly host: CollectorHost; readonly timer: NodeJS.Timeout } | null = null

  constructor(options: HostOptions) {
    this.#options = options
  }

  /**
   * Starts a host before anybody has said yes, so that it is there when they do. It reads nothing from the machine until
   * a grant has taken it and an order came.
   */
  prepare(collectors: readonly string[]): void {
    this.#spare ??= this.#startSpare()
    this.#spare.host.prepare(collectors)
    this.#spare.timer.refresh()
  }

  /** Gives a grant its host and loads these collectors, so that all is ready when the first order comes. */
  warm(grantId: GrantId, collectors: readonly string[]): void {
    const held = this.#get(grantId)
    held.host.prepare(collectors)
    this.#restWhenIdle(grantId, held)
  }

  /** The host of a grant, for one more run; call `release` when that run has ended. */
  take(grantId: GrantId): { readonly host: CollectorHost; readonly release: () => void } {
    const held = this.#get(grantId)
    held.open += 1
    clearTimeout(held.timer)
    return {
      host: held.host,
      release: () => {
        held.open -= 1
        if (held.open <= 0 && this.#hosts.get(grantId) === held) this.#restWhenIdle(grantId, held)
      },
    }
  }

  /** Kills a grant's host with everything it started. */
  kill(grantId: GrantId, code: ErrorCode): void {
    const held = this.#hosts.get(grantId)
    if (held === undefined) return
    this.#hosts.delete(grantId)
    clearTimeout(held.timer)
    held.host.kill(code)
  }

  /** Kills all hosts and waits until they are gone. */
  async stop(code: ErrorCode): Promise<void> {
    const spare = this.#takeSpare()
    spare?.kill(code)
    const hosts = [...this.#hosts.entries()]
    for (const [grantId] of hosts) this.kill(grantId, code)
    await Promise.all([spare?.exited, ...hosts.map(([, held]) => held.host.exited)])
  }

  #get(grantId: GrantId): Held {
    const known = this.#hosts.get(grantId)
    if (known !== undefined) return known
    const held: Held = { host: this.#takeSpare() ?? startCollectorHost(this.#options), open: 0, timer: undefined }
    this.#hosts.set(grantId, held)
    // A host that died is not asked again; its runs have ended by themselves.
    void held.host.exited.then(() => this.#forget(grantId, held))
    return held
  }

  #startSpare() {
    const host = startCollectorHost(this.#options)
    const timer = setTimeout(() => this.#takeSpare()?.kill('RUN_CANCELLED'), IDLE_MS).unref()
    void host.exited.then(() => {
      if (this.#spare?.host === host) this.#takeSpare()
    })
    return { host, timer }
  }

  #takeSpare(): CollectorHost | null {
    const spare = this.#spare
    this.#spare = null
    clearTimeout(spare?.timer)
    return spare?.host ?? null
  }

  #forget(grantId: GrantId, held: Held): void {
    clearTimeout(held.timer)
    if (this.#hosts.get(grantId) === held) this.#hosts.delete(grantId)
  }

  #restWhenIdle(grantId: GrantId, held: Held): void {
    clearTimeout(held.timer)
    held.timer = setTimeout(() => {
      if (held.open <= 0) this.kill(grantId, 'RUN_CANCELLED')
    }, IDLE_MS)
    held.timer.unref()
  }
}
