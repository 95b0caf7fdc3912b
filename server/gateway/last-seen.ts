import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Store } from '../store/store.ts'

/** How long a time may wait for others; a crash loses no more than this of them. */
const GATHER_MS = 1_000
/** Devices of one commit. */
const MOST_AT_ONCE = 256

/**
 * Keeps when devices were last seen. Times are gathered and written together: a commit of its own for every connect
 * and every leave would make a storm of ten thousand agents wait for the disk twenty thousand times.
 */
export class LastSeen {
  readonly #store: Pick<Store, 'devices'>
  readonly #log: Logger
  #times = new Map<DeviceId, number>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(deps: { readonly store: Pick<Store, 'devices'>; readonly log: Logger }) {
    this.#store = deps.store
    this.#log = deps.log
  }

  /** A device was there at this instant (Unix ms). */
  note(id: DeviceId, at: number): void {
    this.#times.set(id, at)
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS)
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    this.#flush()
    await this.#writing
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const times = [...this.#times]
    this.#times = new Map()
    this.#writing = this.#writing.then(() => this.#write(times))
  }

  async #write(times: readonly (readonly [DeviceId, number])[]): Promise<void> {
    for (let at = 0; at < times.length; at += MOST_AT_ONCE) {
      const some = times.slice(at, at + MOST_AT_ONCE)
      try {
        await this.#store.devices.seenAt(some.map(([id, time]) => [id, new Date(time).toISOString()]))
      } catch (error) {
        this.#log.error({ err: error, devices: some.length }, 'when devices were last seen could not be kept')
      }
    }
  }
}
