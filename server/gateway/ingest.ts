import { hash } from 'node:crypto'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { CHUNK_HEADER_BYTES, decodeChunkFrame } from '@askfirst/protocol/frames.ts'
import type { DeviceId, RunId } from '@askfirst/protocol/ids.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { ChunkInput, ChunkOutcome } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { CreditPolicy } from './credit.ts'
import type { AgentSession } from './session.ts'

/** One call of the store takes at most this much, so that a burst of one agent does not hold up the others' commits. */
const MAX_BATCH_BYTES = 2 * 1_048_576
const MAX_BATCH_CHUNKS = 512
/** Chunks of one session that wait for the store before its socket is not read for a while: small ones cost more than their bytes. */
const MAX_WAITING_CHUNKS = 1_024
/** No collector may declare more (CollectorLimits), so a run that sends more lies. */
const MAX_RUN_ROWS = 1_000_000
const MAX_RUN_RAW_BYTES = 268_435_456

/** What the ingest tells the rest of the server. */
export interface IngestEvents {
  /** Chunks of a run are durable up to `nextSeq`; called once a batch and run, after the acknowledgement was sent. */
  stored(runId: RunId, nextSeq: number): void
  /** A chunk cannot be taken, the run is to be ended with this code. Only for runs of the device itself. */
  spoiled(runId: RunId, deviceId: DeviceId, code: ErrorCode): void
}

interface Waiting {
  readonly session: AgentSession
  readonly input: ChunkInput
}

/**
 * Takes chunk frames from many sockets into the store: bounds and hash here, order and ownership in the store's
 * transaction, one call in flight while the next batch gathers. Bodies are stored as they came (SPEC W11); nothing is
 * decompressed on this thread.
 */
export class ChunkIngest {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Logger
  readonly #events: IngestEvents
  readonly #credit: CreditPolicy
  readonly #sessions: () => number
  #waiting: Waiting[] = []
  #isWriting = false
  #inFlightBytes = 0
  readonly #senders = new Set<AgentSession>()
  readonly #paused = new Set<AgentSession>()
  readonly #tallies = new Map<RunId, { rows: number; rawBytes: number }>()
  readonly #settling: { readonly session: AgentSession; readonly resolve: () => void }[] = []

  constructor(deps: {
    readonly store: Store
    readonly clock: Clock
    readonly log: Logger
    readonly events: IngestEvents
    readonly credit?: CreditPolicy
    /** How many agents are connected; absent, each counts as alone. */
    readonly sessions?: () => number
  }) {
    this.#store = deps.store
    this.#clock = deps.clock
    this.#log = deps.log
    this.#events = deps.events
    this.#credit = deps.credit ?? new CreditPolicy()
    this.#sessions = deps.sessions ?? (() => 1)
  }

  /** Bytes that wait for the store now. */
  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  /** Takes one binary frame; a malformed one closes the connection (W5). */
  offer(session: AgentSession, frame: Uint8Array): void {
    const decoded = decodeChunkFrame(frame)
    if ('reason' in decoded) return session.close(CLOSE.invalidMessage, `chunk: ${decoded.reason}`)
    const { header, body } = decoded
    // `decodeChunkFrame` has checked the id's form.
    const runId = header.runId as RunId
    if (session.inFlightBytes + frame.length > session.highestCreditBytes + 2 * LIMITS.maxChunkFrameBytes) {
      return session.close(CLOSE.tooFast, 'more chunk bytes in flight than the credit allows')
    }
    if (session.refusedRuns?.has(runId) === true) return session.countVain(frame.length)
    if (!sameBytes(hash('sha256', body, 'buffer'), header.sha256))
      return this.#spoil(session, { runId, seq: header.seq }, { code: 'CHUNK_HASH_MISMATCH', isOwn: true })
    const input: ChunkInput = {
      runId,
      deviceId: session.deviceId,
      seq: header.seq,
      firstRow: header.firstRow,
      rows: header.rows,
      rawBytes: header.rawBytes,
      sha256: new Uint8Array(header.sha256),
      // Copied, so that a small chunk does not hold the socket's whole read buffer.
      body: new Uint8Array(body),
      receivedAt: isoNow(this.#clock),
    }
    this.#hold(session, body.length)
    this.#waiting.push({ session, input })
    this.#schedule()
  }

  /** Resolves when nothing of the session waits for the store any more. */
  settled(session: AgentSession): Promise<void> {
    if (session.inFlightBytes === 0) return Promise.resolve()
    return new Promise((resolve) => this.#settling.push({ session, resolve }))
  }

  /** A run has ended; its tally is no longer needed. */
  forget(runId: RunId): void {
    this.#tallies.delete(runId)
  }

  /** The socket has closed; what it sent before is still stored. */
  left(session: AgentSession): void {
    this.#paused.delete(session)
  }

  #schedule(): void {
    if (this.#isWriting) return
    this.#isWriting = true
    // One turn of the loop, so that frames of other sockets come along.
    setImmediate(() => void this.#writeAll())
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch()
      const startedAt = performance.now()
      const outcomes = await this.#append(batch)
      this.#credit.observe(performance.now() - startedAt)
      for (const { session, input } of batch) this.#release(session, input.body.length)
      if (outcomes !== null) this.#answer(batch, outcomes)
      this.#wake()
    }
    this.#isWriting = false
  }

  #takeBatch(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { input } of this.#waiting) {
      if (count > 0 && (bytes + input.body.length > MAX_BATCH_BYTES || count >= MAX_BATCH_CHUNKS)) break
      bytes += input.body.length
      count += 1
    }
    const batch = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    return batch
  }

  async #append(batch: readonly Waiting[]): Promise<readonly ChunkOutcome[] | null> {
    try {
      return await this.#store.runs.appendChunks(batch.map(({ input }) => input))
    } catch (error) {
      this.#log.error(
        { err: error, chunks: batch.length },
        'the store did not take chunks; their agents reconnect and send again',
      )
      for (const { session } of batch) session.close(CLOSE.serverRestart, 'the server could not store rows just now')
      return null
    }
  }

  #answer(batch: readonly Waiting[], outcomes: readonly ChunkOutcome[]): void {
    const durable = new Map<RunId, { readonly session: AgentSession; nextSeq: number }>()
    batch.forEach(({ session, input }, at) => {
      const outcome = outcomes[at]
      if (outcome === undefined) return
      const code = this.#judge(input, outcome)
      if (outcome.outcome === 'duplicate') session.countVain(CHUNK_HEADER_BYTES + input.body.length)
      if (code === null) durable.set(input.runId, { session, nextSeq: outcome.nextSeq })
      else this.#spoil(session, input, { code, isOwn: outcome.outcome !== 'foreign' && outcome.outcome !== 'closed' })
    })
    for (const [runId, { session, nextSeq }] of durable) {
      this.#acknowledge(session, runId, nextSeq)
      this.#events.stored(runId, nextSeq)
    }
  }

  #judge(input: ChunkInput, { outcome }: ChunkOutcome): ErrorCode | null {
    switch (outcome) {
      case 'stored':
        return this.#tally(input)
      case 'duplicate':
        return null
      case 'gap':
        return 'CHUNK_OUT_OF_ORDER'
      case 'closed':
      case 'foreign':
        return 'CHUNK_RUN_CLOSED'
    }
  }

  #tally(input: ChunkInput): ErrorCode | null {
    const tally = this.#tallies.get(input.runId) ?? { rows: 0, rawBytes: 0 }
    tally.rows += input.rows
    tally.rawBytes += input.rawBytes
    this.#tallies.set(input.runId, tally)
    if (tally.rows > MAX_RUN_ROWS) return 'RUN_LIMIT_ROWS'
    return tally.rawBytes > MAX_RUN_RAW_BYTES ? 'RUN_LIMIT_BYTES' : null
  }

  #acknowledge(session: AgentSession, runId: RunId, nextSeq: number): void {
    const load = { inFlightBytes: this.#inFlightBytes, senders: this.#senders.size + 1, sessions: this.#sessions() }
    session.creditBytes = this.#credit.next(session.creditBytes, load)
    session.highestCreditBytes = Math.max(session.highestCreditBytes, session.creditBytes)
    session.send({ type: 'chunk.ack', runId, nextSeq, creditBytes: session.creditBytes })
  }

  /** Refuses a chunk; the run is ended when it is the device's own and open. */
  #spoil(session: AgentSession, chunk: { runId: RunId; seq: number }, why: { code: ErrorCode; isOwn: boolean }): void {
    const { code, isOwn } = why
    if (!session.refuseRun(chunk.runId)) return
    session.send({ type: 'chunk.nack', runId: chunk.runId, seq: chunk.seq, code })
    this.#log.warn({ deviceId: session.deviceId, runId: chunk.runId, seq: chunk.seq, code }, 'chunk refused')
    if (isOwn) this.#events.spoiled(chunk.runId, session.deviceId, code)
  }

  #hold(session: AgentSession, bytes: number): void {
    session.inFlightBytes += bytes
    session.inFlightChunks += 1
    this.#inFlightBytes += bytes
    this.#senders.add(session)
    if (this.#inFlightBytes < this.#credit.budgetBytes && session.inFlightChunks < MAX_WAITING_CHUNKS) return
    session.paused = true
    session.socket.pause()
    this.#paused.add(session)
  }

  #release(session: AgentSession, bytes: number): void {
    session.inFlightBytes -= bytes
    session.inFlightChunks -= 1
    this.#inFlightBytes -= bytes
    if (session.inFlightBytes === 0) this.#senders.delete(session)
  }

  #wake(): void {
    if (this.#inFlightBytes < this.#credit.budgetBytes / 2) {
      for (const session of this.#paused) {
        if (session.inFlightChunks > MAX_WAITING_CHUNKS / 2) continue
        session.paused = false
        session.socket.resume()
        this.#paused.delete(session)
      }
    }
    for (let at = this.#settling.length - 1; at >= 0; at -= 1) {
      if (this.#settling[at]?.session.inFlightBytes !== 0) continue
      for (const { resolve } of this.#settling.splice(at, 1)) resolve()
    }
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
