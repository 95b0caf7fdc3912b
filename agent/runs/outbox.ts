import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { AgentMessage, MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { OutgoingChunk } from '../link/chunk-sender.ts'
import { ChunkSender } from '../link/chunk-sender.ts'
import type { LinkSession, Welcome } from '../link/link-session.ts'
import type { AgentLog } from '../log.ts'
import type { Spool, SpoolTotals } from '../spool/spool.ts'
import { NO_CHUNKS } from '../spool/spool-meta.ts'

/** Sends what the spool holds, chunks first and then each run's one end, over whatever session there is. */
export class Outbox {
  readonly #spool: Spool
  readonly #log: AgentLog
  readonly #mayLeave: (runId: RunId) => boolean
  /** Sums after each chunk that was handed to the network, from the last acknowledged one on. */
  readonly #sent = new Map<RunId, readonly SpoolTotals[]>()
  /** Runs whose end went out on this session. */
  readonly #ended = new Set<RunId>()
  #session: LinkSession | null = null
  #sender: ChunkSender | null = null
  #version = 1

  /** @param mayLeave asked for every chunk: whether rows of the run may leave the device now (SPEC C18) */
  constructor(spool: Spool, log: AgentLog, mayLeave: (runId: RunId) => boolean) {
    this.#spool = spool
    this.#log = log
    this.#mayLeave = mayLeave
  }

  /** A session is open to an active device. */
  begin(session: LinkSession, welcome: Welcome): void {
    this.end()
    this.#session = session
    this.#version = welcome.protocol
    this.#sender = new ChunkSender({
      read: (runId, fromSeq) => this.#read(runId, fromSeq),
      sendFrame: (frame) => session.sendFrame(frame),
      creditBytes: welcome.creditBytes,
      onCaughtUp: (runId, nextSeq) => this.#caughtUp(runId, nextSeq),
      onSent: (chunk) => this.#count(chunk),
      onError: (runId, error) => this.#log.error({ runId, err: error }, 'a run could not be read from the spool'),
    })
  }

  /** The session is over; everything waits for the next. */
  end(): void {
    this.#sender?.close()
    this.#sender = null
    this.#session = null
    this.#ended.clear()
  }

  /** Sends a control message; false without a session. */
  send(message: AgentMessage): boolean {
    return this.#session?.send(message) ?? false
  }

  /** Sends a run from the first chunk that the server lacks. */
  add(runId: RunId, nextSeq: number): void {
    this.#sender?.add(runId, nextSeq)
  }

  /** More of the run was spooled, or it has ended. */
  wake(runId: RunId): void {
    this.#sender?.wake(runId)
  }

  /** Whether an acknowledgement is one of chunks that left on this session; the server cannot have others. */
  isOfSent({ runId, nextSeq }: MessageNamed<'chunk.ack'>): boolean {
    const sentUpTo = this.#sender?.nextSeqOf(runId) ?? null
    return sentUpTo !== null && nextSeq <= sentUpTo
  }

  /** Whether the run's end went out on this session. */
  hasSentEnd(runId: RunId): boolean {
    return this.#ended.has(runId)
  }

  acknowledged({ runId, nextSeq, creditBytes }: MessageNamed<'chunk.ack'>): void {
    const sent = this.#sent.get(runId)
    if (sent !== undefined)
      this.#sent.set(
        runId,
        sent.filter(({ chunks }, at) => chunks >= nextSeq || at === sent.length - 1),
      )
    this.#sender?.acknowledged(runId, nextSeq, creditBytes)
  }

  /** Sends nothing more of the run on this session. */
  stop(runId: RunId): void {
    this.#sender?.remove(runId)
  }

  /** The run is over for good. */
  forget(runId: RunId): void {
    this.stop(runId)
    this.#sent.delete(runId)
    this.#ended.delete(runId)
  }

  /** Sums over the chunks of a run that left the device. */
  sentOf(runId: RunId): SpoolTotals {
    return this.#sent.get(runId)?.at(-1) ?? NO_CHUNKS
  }

  /** Sums over the first chunks of a run; null when they are not known any more. */
  sumsOf(runId: RunId, chunks: number): SpoolTotals | null {
    return chunks === 0 ? NO_CHUNKS : (this.#sent.get(runId)?.find((sums) => sums.chunks === chunks) ?? null)
  }

  async *#read(runId: RunId, fromSeq: number): AsyncGenerator<OutgoingChunk, void, undefined> {
    for await (const chunk of this.#spool.read(runId, fromSeq)) {
      if (!this.#mayLeave(runId)) return
      yield { ...chunk, runId, bodyBytes: chunk.body.length }
    }
  }

  /** The one end of a run follows its last chunk (SPEC R2). */
  #caughtUp(runId: RunId, nextSeq: number): void {
    const entry = this.#spool.get(runId)
    if (entry === null || entry.ended === null || this.#ended.has(runId)) return
    if (nextSeq < entry.nextSeq) {
      this.#log.error(
        { runId, nextSeq, acknowledgedSeq: entry.acknowledgedSeq },
        'the server lacks rows that it had acknowledged',
      )
    }
    if (this.send({ type: 'run.end', runId, completeness: this.#recordFor(entry.ended) })) this.#ended.add(runId)
  }

  /** A server of version 1 takes no field that it does not know: it hears of fewer columns by the rows themselves. */
  #recordFor(ended: Completeness): Completeness {
    if (this.#version > 1) return ended
    const { columnsDroppedInReview: _unknown, ...known } = ended
    return known
  }

  #count({ runId: text, seq, rows, rawBytes, body }: OutgoingChunk): void {
    const runId = text as RunId // #read put the run's own id there.
    const sent = this.sentOf(runId)
    if (seq !== sent.chunks) return // Sent again after a cut: counted already.
    const sums = {
      chunks: seq + 1,
      rows: sent.rows + rows,
      bytes: sent.bytes + rawBytes,
      compressedBytes: sent.compressedBytes + body.length,
    }
    this.#sent.set(runId, [...(this.#sent.get(runId) ?? []), sums])
  }
}
