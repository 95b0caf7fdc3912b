import type { ChunkHeader } from '@askfirst/protocol/frames.ts'
import { encodeChunkFrame } from '@askfirst/protocol/frames.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'

/** One spooled chunk with all that its frame says. */
export interface OutgoingChunk extends ChunkHeader {
  readonly body: Uint8Array
}

export interface ChunkSenderOptions {
  /** Chunks of a run from a sequence number on, as far as they are spooled now. */
  readonly read: (runId: RunId, fromSeq: number) => AsyncIterable<OutgoingChunk>
  /** Resolves to false when the connection is gone. */
  readonly sendFrame: (frame: Uint8Array) => Promise<boolean>
  readonly creditBytes: number
  /** All chunks below `nextSeq` were sent and the spool holds no more of this run now. */
  readonly onCaughtUp: (runId: RunId, nextSeq: number) => void
  /** A chunk was handed to the network. */
  readonly onSent: (chunk: OutgoingChunk) => void
  readonly onError: (runId: RunId, error: unknown) => void
}

interface Sending {
  readonly runId: RunId
  nextSeq: number
  /** Counts up when more was spooled, so that what comes in during a read is not missed. */
  version: number
  isIdle: boolean
  chunks: AsyncIterator<OutgoingChunk> | null
  /** A chunk that was read and waits for credit. */
  held: OutgoingChunk | null
  readonly inFlight: { readonly seq: number; readonly bytes: number }[]
}

/**
 * Sends the chunks of several runs over one session, in turns, within the server's credit (SPEC R5). It holds one chunk
 * in memory at a time; everything else waits in the spool. A new session needs a new sender.
 */
export class ChunkSender {
  readonly #options: ChunkSenderOptions
  readonly #runs = new Map<RunId, Sending>()
  #creditBytes: number
  #inFlightBytes = 0
  #isPumping = false
  #isWanted = false
  #isClosed = false

  constructor(options: ChunkSenderOptions) {
    this.#options = options
    this.#creditBytes = options.creditBytes
  }

  /** Bytes of frames that were sent and not acknowledged. */
  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  /** First chunk of a run that this session did not send and the server did not say to have; null: the run is not sent here. */
  nextSeqOf(runId: RunId): number | null {
    return this.#runs.get(runId)?.nextSeq ?? null
  }

  /** Starts sending a run at the first chunk that the server lacks. */
  add(runId: RunId, nextSeq: number): void {
    if (this.#runs.has(runId)) return
    this.#runs.set(runId, { runId, nextSeq, version: 0, isIdle: false, chunks: null, held: null, inFlight: [] })
    this.#pump()
  }

  /** More of a run was spooled, or it has ended. */
  wake(runId: RunId): void {
    const run = this.#runs.get(runId)
    if (run === undefined) return
    run.version += 1
    run.isIdle = false
    this.#pump()
  }

  /** The server has stored all chunks below `nextSeq`, and says how much may be in flight from now on. */
  acknowledged(runId: RunId, nextSeq: number, creditBytes: number): void {
    this.#creditBytes = creditBytes
    const run = this.#runs.get(runId)
    while (run?.inFlight[0] !== undefined && run.inFlight[0].seq < nextSeq) {
      this.#inFlightBytes -= run.inFlight.shift()?.bytes ?? 0
    }
    this.#pump()
  }

  /** Sends nothing more of a run. */
  remove(runId: RunId): void {
    const run = this.#runs.get(runId)
    if (run === undefined) return
    this.#runs.delete(runId)
    for (const { bytes } of run.inFlight) this.#inFlightBytes -= bytes
    this.#release(run)
    this.#pump()
  }

  /** The session is over. */
  close(): void {
    this.#isClosed = true
    for (const run of this.#runs.values()) this.#release(run)
    this.#runs.clear()
  }

  #pump(): void {
    this.#isWanted = true
    if (!this.#isPumping && !this.#isClosed) void this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    this.#isPumping = true
    // Credit or chunks that come while a step is awaited set the flag again, so that no wake-up is lost.
    while (this.#isWanted) {
      this.#isWanted = false
      for (let run = this.#nextRun(); run !== undefined; run = this.#nextRun()) {
        if (!(await this.#step(run))) break
      }
    }
    this.#isPumping = false
  }

  /** Each run in turn: the one that was served moves to the end. */
  #nextRun(): Sending | undefined {
    if (this.#isClosed) return undefined
    for (const run of this.#runs.values()) {
      if (run.isIdle) continue
      this.#runs.delete(run.runId)
      this.#runs.set(run.runId, run)
      return run
    }
    return undefined
  }

  /** Sends one chunk; false when there is no credit or no connection. */
  async #step(run: Sending): Promise<boolean> {
    const { version } = run
    const chunk = await this.#take(run)
    if (this.#isClosed) return false
    if (this.#runs.get(run.runId) !== run) return true
    if (chunk === null) {
      if (run.version === version) {
        run.isIdle = true
        this.#options.onCaughtUp(run.runId, run.nextSeq)
      }
      return true
    }
    const frame = encodeChunkFrame(chunk, chunk.body)
    if (!this.#hasCredit(frame.length)) {
      run.held = chunk
      return false
    }
    return await this.#send(run, chunk, frame)
  }

  async #send(run: Sending, chunk: OutgoingChunk, frame: Uint8Array): Promise<boolean> {
    run.nextSeq = chunk.seq + 1
    run.inFlight.push({ seq: chunk.seq, bytes: frame.length })
    this.#inFlightBytes += frame.length
    this.#options.onSent(chunk)
    return await this.#options.sendFrame(frame)
  }

  /** A frame that is larger than the whole credit may go when nothing else is in flight; otherwise it never could. */
  #hasCredit(bytes: number): boolean {
    if (this.#creditBytes === 0) return false
    return this.#inFlightBytes === 0 || this.#inFlightBytes + bytes <= this.#creditBytes
  }

  async #take(run: Sending): Promise<OutgoingChunk | null> {
    if (run.held !== null) {
      const { held } = run
      run.held = null
      return held
    }
    try {
      run.chunks ??= this.#options.read(run.runId, run.nextSeq)[Symbol.asyncIterator]()
      const next = await run.chunks.next()
      if (next.done !== true) return next.value
      run.chunks = null
      return null
    } catch (error) {
      this.#runs.delete(run.runId)
      this.#options.onError(run.runId, error)
      return null
    }
  }

  #release(run: Sending): void {
    const { chunks } = run
    run.chunks = null
    run.held = null
    chunks?.return?.().catch((error: unknown) => this.#options.onError(run.runId, error))
  }
}
