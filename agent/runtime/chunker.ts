import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { Chunk } from './chunk.ts'
import { MAX_CHUNK_BYTES, packChunk } from './chunk.ts'

/** Takes the chunks of a run. `ready` resolves when it takes another one; both reject when the run is stopped. */
export interface Receiver {
  readonly isReady: () => boolean
  ready(): Promise<void>
  send(chunk: Chunk): void
}

/** Rows after the first chunk may wait a little for company: fewer, better compressed chunks. */
const FLUSH_MS = 200

/**
 * Gathers rows into chunks: by bytes, by number, and by time, so that rows show while the collector still works. The
 * first rows do not wait: they travel as soon as their source makes the event loop turn, so that a person sees that
 * something happens. At most one chunk waits for the receiver; `settled` lets the caller stop pulling rows meanwhile.
 */
export class Chunker {
  readonly #receiver: Receiver
  #rows: string[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #turn: NodeJS.Immediate | undefined
  #dueAt = 0
  #sending: Promise<void> | null = null
  #failure: unknown = null
  /** What was sent. */
  readonly sent = { rows: 0, bytes: 0, compressedBytes: 0, chunks: 0 }
  /** What was added, sent or not. */
  readonly taken = { rows: 0, bytes: 0 }

  constructor(receiver: Receiver) {
    this.#receiver = receiver
  }

  /** Whether a chunk is on its way: the caller awaits `settled` before it pulls the next row. */
  get busy(): boolean {
    return this.#sending !== null || this.#failure !== null
  }

  /** Adds a row, without its line end, when not busy; `bytes` counts it in UTF-8 with its line end. */
  add(json: string, bytes: number): void {
    if (this.#bytes + bytes > MAX_CHUNK_BYTES || this.#rows.length >= LIMITS.maxChunkRows) this.#flush()
    this.#rows.push(json)
    this.#bytes += bytes
    this.taken.rows += 1
    this.taken.bytes += bytes
    if (this.#rows.length === 1) this.#startWaiting()
    else if (performance.now() >= this.#dueAt) this.#flush()
  }

  /** Resolves when no chunk is on its way; rejects when the receiver did. */
  async settled(): Promise<void> {
    while (this.#sending !== null) await this.#sending
    if (this.#failure !== null) throw this.#failure
  }

  /** Sends what is left. */
  async finish(): Promise<void> {
    await this.settled()
    this.#flush()
    await this.settled()
  }

  /** Drops what was not sent. */
  discard(): void {
    this.#stopWaiting()
    this.#rows = []
    this.#bytes = 0
  }

  #startWaiting(): void {
    this.#dueAt = performance.now() + FLUSH_MS
    if (this.sent.chunks === 0) this.#turn = setImmediate(() => this.#flush())
    else this.#timer = setTimeout(() => this.#flush(), FLUSH_MS)
  }

  #stopWaiting(): void {
    clearImmediate(this.#turn)
    clearTimeout(this.#timer)
  }

  #flush(): void {
    if (this.#sending !== null || this.#rows.length === 0) return
    this.#stopWaiting()
    const rows = this.#rows
    this.#rows = []
    this.#bytes = 0
    this.#sending = this.#send(rows).finally(() => {
      this.#sending = null
      if (performance.now() >= this.#dueAt) this.#flush()
    })
  }

  async #send(rows: readonly string[]): Promise<void> {
    try {
      const chunk = await packChunk(rows)
      await this.#receiver.ready()
      this.#receiver.send(chunk)
      this.sent.rows += chunk.rows
      this.sent.bytes += chunk.rawBytes
      this.sent.compressedBytes += chunk.body.length
      this.sent.chunks += 1
    } catch (error) {
      this.#failure ??= error
    }
  }
}
