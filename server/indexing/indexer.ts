import type { RunId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { SERVER_ACTOR } from '../consent/consent-deps.ts'
import type { RunService } from '../runs/run-service.ts'
import type { IndexedRow, Run, StoredChunk } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { AnalysedRunRef } from './row-analysis.ts'
import { WorkerLink } from './worker-link.ts'
import type { WorkerAnswer, WorkerNotice } from './worker-messages.ts'

/** Chunks of one run before it is another run's turn. */
const CHUNKS_PER_TURN = 8
/** Rows that go to the store in one call: few enough that no thread is held up for long. */
const ROWS_PER_CALL = 1_000
/** How often the store is asked what no hint told: after a restart, or after the worker died. */
const SCAN_MS = 5_000
const RUNS_PER_SCAN = 500

export interface IndexerDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly runs: Pick<RunService, 'endBecause'>
  /** Module that exports `createRowAnalysis` (row-analysis.ts); null: no analysis. */
  readonly analysisModule: URL | null
  /** Gets what the analysis returned, on the main thread. */
  readonly onAnalysis: (output: unknown) => void
}

interface Cursor {
  seq: number
  row: number
}

/**
 * Makes stored rows readable by filter. It follows the store, not the sockets: whatever is stored and not indexed is
 * done, in order, once; hints only make it quick. Unpacking and parsing happen on a thread of their own.
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
  #working: Promise<void> | null = null
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
    this.#working ??= this.#work()
  }

  /** Ends after the turn that is on; the rest is done after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    this.#unsubscribe()
    this.#queue.clear()
    await this.#working
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
      try {
        if (await this.#turn(runId)) this.#queue.add(runId)
      } catch (error) {
        this.#cursors.delete(runId)
        if (!this.#isClosed)
          this.#deps.log.error({ err: error, runId }, 'a run could not be indexed; it is tried again')
      }
    }
    this.#working = null
  }

  #first(): RunId | undefined {
    return this.#isClosed ? undefined : this.#queue.values().next().value
  }

  /** Indexes some chunks of a run; true when there are more. */
  async #turn(runId: RunId): Promise<boolean> {
    const run = await this.#deps.store.runs.get(runId)
    if (run === null || run.withheld !== null) return false
    const cursor = this.#cursors.get(runId) ?? (await this.#locate(run))
    this.#cursors.set(runId, cursor)
    const chunks = await this.#deps.store.runs.chunks(runId, cursor.seq, CHUNKS_PER_TURN)
    for (const chunk of chunks) {
      if (!(await this.#indexChunk(run, chunk, cursor))) return false
    }
    if (chunks.length === CHUNKS_PER_TURN) return true
    if (run.endedAt !== null && cursor.seq >= run.nextSeq) await this.#finish(run)
    return false
  }

  async #indexChunk(run: Run, chunk: StoredChunk, cursor: Cursor): Promise<boolean> {
    const { seq, firstRow, rows, rawBytes, body } = chunk
    const answer = await this.#worker.ask({
      kind: 'chunk',
      run: await this.#reference(run),
      expectedFirstRow: cursor.row,
      chunk: { seq, firstRow, rows, rawBytes, body },
    })
    const indexed = await this.#judge(run, answer)
    if (indexed === null) return false
    for (let at = 0; at < indexed.length; at += ROWS_PER_CALL) {
      await this.#deps.store.runs.indexRows(run.id, indexed.slice(at, at + ROWS_PER_CALL))
    }
    cursor.seq = seq + 1
    cursor.row = firstRow + rows
    this.#deps.bus.publish({ topic: `ticket/${run.ticketId}`, kind: 'rows', id: run.id, seq: cursor.row })
    return true
  }

  async #judge(run: Run, answer: WorkerAnswer): Promise<readonly IndexedRow[] | null> {
    if (answer.kind === 'rows') return answer.rows
    if (answer.kind === 'lie') await this.#spoil(run, answer.reason)
    return null
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

  async #finish(run: Run): Promise<void> {
    this.#cursors.delete(run.id)
    const end = { state: run.state, endedAt: run.endedAt ?? '', rows: run.rows }
    await this.#worker.ask({ kind: 'ended', run: await this.#reference(run), end })
  }

  /** Where to go on in a run that this process has not touched yet. */
  async #locate(run: Run): Promise<Cursor> {
    const cursor = { seq: 0, row: 0 }
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
