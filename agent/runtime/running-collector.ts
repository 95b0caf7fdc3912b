import { createHash } from 'node:crypto'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS } from '@askfirst/protocol/errors.ts'
import type { Chunk } from './chunk.ts'
import { endedRun } from './ended-run.ts'

/** One run in a collector host, as the agent sees it. */
export interface RunningCollector {
  /** The rows, packed. They are pulled: whoever does not ask for the next stops the collector. Can be read once. */
  readonly frames: AsyncIterable<Chunk>
  /** Resolves when the run has ended and every frame was taken; never rejects. */
  readonly end: Promise<Completeness>
  /** Stops the run; it ends as `cancelled` with this code. */
  cancel(code: ErrorCode): void
}

/** How many chunks may be on their way from the host: one is packed while the other is stored. */
const WINDOW = 2

interface Wire {
  readonly pull: (chunks: number) => void
  readonly cancel: (code: ErrorCode) => void
  readonly now: () => Date
}

/** The agent's end of one run: asks the host for chunks as they are taken, and keeps the run's one end. */
export class HostRun implements RunningCollector {
  readonly #wire: Wire
  readonly #startedAt: Date
  readonly #queue: Chunk[] = []
  readonly #sent = { rows: 0, bytes: 0, compressedBytes: 0, chunks: 0 }
  readonly end: Promise<Completeness>
  readonly frames: AsyncIterable<Chunk> = { [Symbol.asyncIterator]: () => this.#read() }
  #resolveEnd: (completeness: Completeness) => void = () => undefined
  #wake: (() => void) | null = null
  #ended: Completeness | null = null
  #cancelCode: ErrorCode | null = null
  #reading = false
  #dropping = false

  constructor(wire: Wire) {
    this.#wire = wire
    this.#startedAt = wire.now()
    this.end = new Promise((resolve) => {
      this.#resolveEnd = resolve
    })
  }

  /** Why the run was cancelled, if it was. */
  get cancelCode(): ErrorCode | null {
    return this.#cancelCode
  }

  cancel(code: ErrorCode): void {
    if (this.#ended !== null || this.#cancelCode !== null) return
    this.#cancelCode = code
    this.#wire.cancel(code)
  }

  /** A chunk came from the host. @throws TypeError when it is not what it says */
  take(chunk: Chunk): void {
    if (!createHash('sha256').update(chunk.body).digest().equals(chunk.sha256))
      throw new TypeError('The collector host sent a chunk that does not match its hash')
    if (this.#dropping) {
      this.#wire.pull(1)
      return
    }
    this.#queue.push(chunk)
    this.#wakeReader()
  }

  /** The run has ended with the host's record. */
  finish(completeness: Completeness): void {
    if (this.#ended !== null) return
    this.#ended = completeness
    this.#wakeReader()
    if (this.#queue.length === 0 || !this.#reading) this.#resolveEnd(completeness)
  }

  /** The host is gone: the run ends with what was taken before. */
  lose(code: ErrorCode, detail: string): void {
    const cancelled = this.#cancelCode
    const reason = cancelled === null ? `${ERRORS[code].text} ${detail}`.trim() : ERRORS[cancelled].text
    const state = cancelled === null && code === 'RUN_HOST_DIED' ? 'error' : 'cancelled'
    const [startedAt, endedAt] = [this.#startedAt, this.#wire.now()]
    this.#queue.length = 0
    this.finish(endedRun({ state, code: cancelled ?? code, reason, startedAt, endedAt, sent: this.#sent }))
  }

  async *#read(): AsyncGenerator<Chunk, void, undefined> {
    if (this.#reading) throw new TypeError('The frames of a run can be read once')
    this.#reading = true
    this.#wire.pull(WINDOW)
    try {
      for (;;) {
        const chunk = this.#queue.shift()
        if (chunk !== undefined) {
          this.#count(chunk)
          yield chunk
          if (this.#ended === null) this.#wire.pull(1)
        } else if (this.#ended !== null) return
        else await this.#woken()
      }
    } finally {
      this.#leave()
    }
  }

  /** Whoever stops reading early does not want the rest. */
  #leave(): void {
    this.#dropping = true
    this.#queue.length = 0
    if (this.#ended === null) this.cancel('RUN_CANCELLED')
    else this.#resolveEnd(this.#ended)
  }

  #count(chunk: Chunk): void {
    this.#sent.rows += chunk.rows
    this.#sent.bytes += chunk.rawBytes
    this.#sent.compressedBytes += chunk.body.length
    this.#sent.chunks += 1
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #wakeReader(): void {
    this.#wake?.()
    this.#wake = null
  }
}
