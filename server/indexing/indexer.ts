import { setTimeout as sleep } from 'node:timers/promises'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { RunService } from '../runs/run-service.ts'
import type { Run, StoredChunk } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { AnalysedRunRef } from './row-analysis.ts'
import { WorkerLink } from './worker-link.ts'
import type { WorkerNotice } from './worker-messages.ts'

/** Chunks of one run before it is another run's turn. */
const CHUNKS_PER_TURN = 8
/** Runs that are worked on at once: while the store writes for one, the worker unpacks for another. */
const LANES = 2
/** While chunks wait for the store, a turn is followed by a rest that is this many times as long, at most MAX_REST_MS. */
const RESTS_PER_TURN = 8
const MAX_REST_MS = 250
/** How often the store is asked what no hint told: after a restart, or after the worker died. */
const SCAN_MS = 5_000
const RUNS_PER_SCAN = 500

export interface IndexerDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly runs: Pick<RunService, 'endBecause'>
  /** Whether so much waits to be stored that indexing must give way; acknowledgements come first. */
  readonly isIngestBusy: () => boolean
  /** Module that exports `createRowAnalysis` (row-analysis.ts); null: no analysis. */
  readonly analysisModule: URL | null
  /** Gets what the analysis returned, on the main thread. */
  readonly onAnalysis: (output: unknown) => void
}

interface Cursor {
  readonly run: AnalysedRunRef
  seq: number
  row: number
}

/**
 * Makes stored rows readable by filter. It follows the store, not the sockets: whatever is stored and not indexed is
 * done, in order, once; hints only make it quick. Unpacking, parsing and packing happen on a thread of their own; the
 * blocks that come back are bytes, which this thread hands on without looking.
 */
export class Indexer {
  readonly #deps: IndexerDeps
  readonly #worker: WorkerLink
  readonly #queue = new Set<RunId>()
  readonly #cursors = new Map<RunId, Cursor>()
  /** Runs with a chunk that lies; nothing after it is shown. */
  readonly #spoiled = new Set<RunId>()
  readonly #timer: NodeJS.Timeout
  readonly #unsubscribe: () => void
  /** Runs whose turn is on: a run has one turn at a time, so that its chunks stay in order. */
  readonly #busy = new Set<RunId>()
  readonly #lanes = new Set<Promise<void>>()
  /** Lanes that will look into the queue again. */
  #active = 0
  #isClosed = false

  constructor(deps: IndexerDeps) {
    this.#deps = deps
    this.#worker = new WorkerLink({ analysisModule: deps.analysisModule, onNotice: (notice) => this.#noticed(notice) })
    // The publisher of `run` events names a run.
    this.#unsubscribe = deps.bus.subscribe('*', ({ kind, id }) => {
      if (kind === 'run') this.hint(id as RunId)
    })
    this.#timer = setInterval(() => void this.#scan(), SCAN_MS)
    this.#timer.unref()
    void this.#scan()
  }

  /** A run has new rows or has ended. */
  hint(runId: RunId): void {
    if (this.#isClosed || this.#spoiled.has(runId)) return
    this.#queue.add(runId)
    if (this.#active >= LANES) return
    this.#active += 1
    const lane = this.#work().finally(() => this.#lanes.delete(lane))
    this.#lanes.add(lane)
  }

  /** Ends after the turns that are on; the rest is done after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    this.#unsubscribe()
    this.#queue.clear()
    await Promise.all(this.#lanes)
    await this.#worker.close()
  }

  async #scan(): Promise<void> {
    try {
      for (const { runId } of await this.#deps.store.runs.toIndex(RUNS_PER_SCAN)) this.hint(runId)
    } catch (error) {
      if (!this.#isClosed) this.#deps.log.error({ err: error }, 'the store did not say what to index; asked again soon')
    }
  }

  async #work(): Promise<void> {
    for (let runId = this.#first(); runId !== undefined; runId = this.#first()) {
      this.#queue.delete(runId)
      this.#busy.add(runId)
      const startedAt = performance.now()
      try {
        if (await this.#turn(runId)) this.#queue.add(runId)
      } catch (error) {
        this.#cursors.delete(runId)
        if (!this.#isClosed)
          this.#deps.log.error({ err: error, runId }, 'a run could not be indexed; it is tried again')
      } finally {
        this.#busy.delete(runId)
      }
      await this.#rest(performance.now() - startedAt)
    }
    this.#active -= 1
  }

  /** Rows can be indexed later; an agent whose chunks are not acknowledged stands still. */
  async #rest(turnMs: number): Promise<void> {
    if (this.#isClosed || !this.#deps.isIngestBusy()) return
    await sleep(Math.min(turnMs * RESTS_PER_TURN, MAX_REST_MS))
  }

  #first(): RunId | undefined {
    return this.#isClosed ? undefined : this.#queue.values().find((runId) => !this.#busy.has(runId))
  }

  /** Indexes some chunks of a run; true when there are more. */
  async #turn(runId: RunId): Promise<boolean> {
    const run = await this.#deps.store.runs.get(runId)
    if (run === null || run.withheld !== null) return false
    const cursor = this.#cursors.get(runId) ?? (await this.#locate(run))
    this.#cursors.set(runId, cursor)
    const chunks = await this.#deps.store.runs.chunks(runId, cursor.seq, CHUNKS_PER_TURN)
    if (chunks.length > 0 && !(await this.#indexChunks(run, chunks, cursor))) return false
    if (chunks.length === CHUNKS_PER_TURN) return true
    if (run.endedAt !== null && cursor.seq >= run.nextSeq) await this.#finish(run, cursor)
    return false
  }

  /** False when a chunk lies; those before it are indexed. */
  async #indexChunks(run: Run, chunks: readonly StoredChunk[], cursor: Cursor): Promise<boolean> {
    const answer = await this.#worker.ask({
      kind: 'chunks',
      run: cursor.run,
      expectedFirstRow: cursor.row,
      chunks,
      isToIndex: true,
    })
    if (answer.kind !== 'blocks') return false
    const { blocks, lie } = answer
    if (blocks.length > 0) {
      await this.#deps.store.runs.indexRows(run.id, blocks)
      cursor.seq += blocks.length
      cursor.row += blocks.reduce((sum, { rows }) => sum + rows, 0)
      this.#deps.bus.publish({ topic: `ticket/${run.ticketId}`, kind: 'rows', id: run.id, seq: cursor.row })
    }
    if (lie !== null) await this.#spoil(run, lie)
    return lie === null
  }

  /** Takes the rows of a run with a chunk that lies out of sight and ends it, when it has not ended (SPEC R12). */
  async #spoil(run: Run, reason: string): Promise<void> {
    const { store, clock, log, bus } = this.#deps
    this.#spoiled.add(run.id)
    this.#cursors.delete(run.id)
    log.warn({ runId: run.id, deviceId: run.deviceId, reason }, 'a chunk does not hold what its header says')
    const at = isoNow(clock)
    const text = `Rows of run ${run.id} are not shown: ${reason}`
    const body = { runId: run.id, code: 'CHUNK_BODY_INVALID', text }
    const detail = { deviceId: run.deviceId, reason }
    await store.runs.withhold(run.id, {
      reason,
      log: { ticketId: run.ticketId, at, actor: SERVER_ACTOR, kind: 'note.added', body },
      audit: { at, actor: SERVER_ACTOR, action: 'run.spoiled', subject: run.id, detail },
    })
    await this.#deps.runs.endBecause(run, { state: 'error', code: 'CHUNK_BODY_INVALID', reason })
    bus.publish({ topic: `ticket/${run.ticketId}`, kind: 'run', id: run.id })
    bus.publish({ topic: `ticket/${run.ticketId}`, kind: 'log', id: run.ticketId })
  }

  async #finish(run: Run, cursor: Cursor): Promise<void> {
    this.#cursors.delete(run.id)
    const end = { state: run.state, endedAt: run.endedAt ?? '', rows: run.rows }
    await this.#worker.ask({ kind: 'ended', run: cursor.run, end })
  }

  /** Where to go on in a run that this process has not touched yet. */
  async #locate(run: Run): Promise<Cursor> {
    const cursor = { run: await this.#reference(run), seq: 0, row: 0 }
    if (run.indexedRows === 0) return cursor
    for (const { rows } of await this.#deps.store.runs.chunkDigests(run.id)) {
      if (cursor.row + rows > run.indexedRows) break
      cursor.row += rows
      cursor.seq += 1
    }
    return cursor
  }

  async #reference({ id, ticketId, deviceId, collector, params, orderedAt }: Run): Promise<AnalysedRunRef> {
    const device = await this.#deps.store.devices.get(deviceId)
    // A device is never deleted while it has runs; an unknown one is judged like the most usual.
    return { id, ticketId, deviceId, collector, params, orderedAt, platform: device?.platform ?? 'win32' }
  }

  #noticed(notice: WorkerNotice): void {
    if (notice.kind === 'analysis') this.#deps.onAnalysis(notice.output)
    else this.#deps.log.error({ runId: notice.runId, reason: notice.reason }, 'the analysis of rows failed')
  }
}
