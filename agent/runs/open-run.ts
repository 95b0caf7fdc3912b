import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RunningCollector } from '../runtime/collector-host.ts'
import type { Spool, SpoolMeta } from '../spool/spool.ts'

/** Bytes of chunks that may wait unacknowledged before the collector is no longer pulled (SPEC R5). */
const MAX_AHEAD_BYTES = 4_194_304
/** Room that is asked for before a chunk is pulled; a chunk without room would be lost. */
const CHUNK_ROOM_BYTES = 262_144

export interface OpenRunOptions {
  readonly meta: SpoolMeta
  readonly running: RunningCollector
  readonly spool: Spool
  /** A chunk was spooled. */
  readonly onSpooled: () => void
}

/** One run whose collector is on: carries its rows from the host into the spool, no faster than they can leave it. */
export class OpenRun {
  readonly meta: SpoolMeta
  readonly #running: RunningCollector
  readonly #spool: Spool
  readonly #onSpooled: () => void
  readonly #abort = new AbortController()
  readonly #ahead: { readonly seq: number; readonly bytes: number }[] = []
  #aheadBytes = 0
  #wake: (() => void) | null = null
  #spoolFull = false

  constructor(options: OpenRunOptions) {
    this.meta = options.meta
    this.#running = options.running
    this.#spool = options.spool
    this.#onSpooled = options.onSpooled
    // Whoever waits for room waits for a run that no longer matters once it has been cancelled.
    this.#abort.signal.addEventListener('abort', () => this.#wake?.())
  }

  /** Stops the collector; what was spooled stays. */
  cancel(code: ErrorCode): void {
    this.#running.cancel(code)
    this.#abort.abort()
  }

  /** The server has all chunks below `nextSeq`. */
  acknowledged(nextSeq: number): void {
    while (this.#ahead[0] !== undefined && this.#ahead[0].seq < nextSeq)
      this.#aheadBytes -= this.#ahead.shift()?.bytes ?? 0
    this.#wake?.()
  }

  /** Carries all rows; resolves with the completeness record, whose counts are those of the spool. */
  async collect(): Promise<Completeness> {
    for await (const chunk of this.#running.frames) {
      if (this.#abort.signal.aborted) break
      try {
        const seq = await this.#spool.append(this.meta.runId, chunk)
        this.#ahead.push({ seq, bytes: chunk.body.length })
        this.#aheadBytes += chunk.body.length
        this.#onSpooled()
        await this.#whenRoom()
      } catch (error) {
        this.#stop(error)
        break
      }
    }
    return this.#counted(await this.#running.end)
  }

  async #whenRoom(): Promise<void> {
    const { signal } = this.#abort
    if (this.meta.review) {
      // Rows in review leave only by the person's hand, so waiting would be of no use.
      if (!this.#spool.roomFor(CHUNK_ROOM_BYTES))
        throw new AskFirstError('RUN_SPOOL_FULL', 'The rows to look at fill the spool.')
      return
    }
    while (this.#aheadBytes > MAX_AHEAD_BYTES && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (!signal.aborted) await this.#spool.whenRoomFor(CHUNK_ROOM_BYTES, signal)
  }

  #stop(error: unknown): void {
    if (this.#abort.signal.aborted) return
    this.#spoolFull = error instanceof AskFirstError && error.code === 'RUN_SPOOL_FULL'
    this.#running.cancel(this.#spoolFull ? 'RUN_SPOOL_FULL' : 'COLLECTOR_FAILED')
  }

  /** What did not reach the spool is not part of the run. */
  #counted(completeness: Completeness): Completeness {
    const totals = this.#spool.get(this.meta.runId)?.totals
    const state = this.#spoolFull ? { state: 'truncated' as const, code: 'RUN_SPOOL_FULL' } : {}
    return { ...completeness, ...totals, ...state }
  }
}
