import { mkdir, readdir } from 'node:fs/promises'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { Chunk } from '../runtime/chunk.ts'
import type { ReviewEdit } from './review-rows.ts'
import { keptRows } from './review-rows.ts'
import type { SpooledChunk } from './spool-chunk.ts'
import type { SpoolMeta, SpoolTotals } from './spool-meta.ts'
import { SpooledRun } from './spooled-run.ts'

export type { SpooledChunk } from './spool-chunk.ts'
export type { SpoolMeta, SpoolTotals } from './spool-meta.ts'

/** Most bytes that all runs together may hold on the disk when the options do not say otherwise. */
const DEFAULT_SPOOL_BYTES = 67_108_864
/** What a record needs beyond a chunk's body. */
const RECORD_OVERHEAD_BYTES = 128
const RUN_DIRECTORY = /^run_[0-9a-hjkmnp-tv-z]{26}$/

/** A run as the spool holds it. */
export interface SpoolEntry {
  readonly meta: SpoolMeta
  /** Sequence number that the next chunk gets. */
  readonly nextSeq: number
  /** Chunks, rows and bytes appended so far. */
  readonly totals: SpoolTotals
  /** Chunks before this number are with the server. A restart may know less than the server. */
  readonly acknowledgedSeq: number
  /** The completeness record; null while the run is on, or when the agent was killed before its end. */
  readonly ended: Completeness | null
}

/**
 * Rows that wait to be sent, on the disk, bounded over all runs.
 *
 * What a return means: `append` returns when the chunk is with the operating system, so that it survives a SIGKILL of
 * the agent but perhaps not a power cut; `open`, `end` and `rewrite` return when the disk has it. A power cut can
 * therefore cost the last rows of a run that was on, and its completeness record then says that the agent restarted.
 * Removed files are unlinked and not overwritten: on today's disks overwriting does not reach the old blocks.
 */
export class Spool {
  readonly #directory: string
  readonly #maxBytes: number
  readonly #runs = new Map<string, SpooledRun>()
  readonly #turns = new Map<string, Promise<unknown>>()
  #waiting: (() => void)[] = []

  private constructor(directory: string, maxBytes: number) {
    this.#directory = directory
    this.#maxBytes = maxBytes
  }

  /** Opens the spool and reads what an earlier process left; damaged ends of files are cut off. */
  static async at(directory: string, maxBytes: number = DEFAULT_SPOOL_BYTES): Promise<Spool> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const spool = new Spool(directory, maxBytes)
    for (const name of (await readdir(directory)).sort()) {
      const run = RUN_DIRECTORY.test(name) ? await SpooledRun.recover(directory, name) : null
      if (run !== null) spool.#runs.set(name, run)
    }
    return spool
  }

  /** Starts a run. @throws AskFirstError RUN_DUPLICATE when the spool holds it already */
  async open(meta: SpoolMeta): Promise<void> {
    if (this.#runs.has(meta.runId)) throw new AskFirstError('RUN_DUPLICATE', `The spool holds ${meta.runId} already`)
    await this.#inTurn(meta.runId, async () => {
      this.#runs.set(meta.runId, await SpooledRun.create(this.#directory, meta))
    })
  }

  /**
   * Appends a chunk and returns its sequence number.
   *
   * @throws AskFirstError RUN_SPOOL_FULL when it would pass the bound or the disk is full; RUN_UNKNOWN
   */
  append(runId: string, chunk: Chunk): Promise<number> {
    return this.#inTurn(runId, async () => {
      const run = this.#known(runId)
      if (!this.roomFor(chunk.body.length) || run.totals.chunks >= LIMITS.maxChunksPerRun)
        throw new AskFirstError('RUN_SPOOL_FULL', `There is no room in the spool for a chunk of ${runId}`)
      return await run.append(chunk).catch(spoolFull)
    })
  }

  /** Chunks from `fromSeq` on, as far as they are here now. */
  async *read(runId: string, fromSeq: number): AsyncGenerator<SpooledChunk, void, undefined> {
    for (let seq = fromSeq; ; seq += 1) {
      const chunk = await this.chunk(runId, seq)
      if (chunk === null) return
      yield chunk
    }
  }

  /** One chunk; null when it is not here: not yet, acknowledged and gone, or its run was removed. */
  chunk(runId: string, seq: number): Promise<SpooledChunk | null> {
    return this.#inTurn(runId, async () => (await this.#runs.get(runId)?.chunk(seq)) ?? null)
  }

  /** The server has everything before `nextSeq`. Numbers that are lower than before or too high are ignored. */
  async acknowledge(runId: string, nextSeq: number): Promise<void> {
    await this.#inTurn(runId, async () => this.#runs.get(runId)?.acknowledge(nextSeq))
    this.#wake()
  }

  /** Writes the run's completeness record after its last chunk. @throws AskFirstError RUN_UNKNOWN */
  async end(runId: string, completeness: Completeness): Promise<void> {
    await this.#inTurn(runId, () => this.#known(runId).end(completeness))
  }

  /**
   * Drops rows and columns of an ended run for good, numbers the other rows anew and corrects the completeness record: what
   * was dropped is counted there and written nowhere (SPEC C18, C22).
   *
   * @throws AskFirstError RUN_UNKNOWN; Error when the run has not ended or rows of it are with the server already
   */
  rewrite(runId: string, edit: ReviewEdit): Promise<Completeness> {
    return this.#inTurn(runId, async () => {
      const run = this.#known(runId)
      const { ended } = run
      if (ended === null || run.acknowledged.chunks > 0)
        throw new Error(`The rows of ${runId} can no longer be changed`)
      let droppedInReview = ended.droppedInReview
      const chunks = keptRows(chunksOf(run), edit, () => {
        droppedInReview += 1
      })
      return await run.replace(chunks, (totals) => ({ ...ended, ...totals, droppedInReview, ...columnCount(edit) }))
    })
  }

  /** Deletes a run's files. */
  async remove(runId: string): Promise<void> {
    await this.#inTurn(runId, async () => {
      const run = this.#runs.get(runId)
      this.#runs.delete(runId)
      await run?.remove()
    })
    this.#turns.delete(runId)
    this.#wake()
  }

  /** Deletes the files of all runs under a grant, as a revocation must; returns their ids. */
  async removeAll(grantId: string): Promise<readonly string[]> {
    const doomed = this.list().filter((entry) => entry.meta.grantId === grantId)
    for (const { meta } of doomed) await this.remove(meta.runId)
    return doomed.map((entry) => entry.meta.runId)
  }

  /** All runs, oldest first. */
  list(): readonly SpoolEntry[] {
    return [...this.#runs.values()].map(entryOf)
  }

  /** One run, or null. */
  get(runId: string): SpoolEntry | null {
    const run = this.#runs.get(runId)
    return run === undefined ? null : entryOf(run)
  }

  /** Whether a chunk with a body of so many bytes has room. Ask before pulling it: a chunk without room is lost. */
  roomFor(bodyBytes: number): boolean {
    let used = 0
    for (const run of this.#runs.values()) used += run.diskBytes
    return used + bodyBytes + RECORD_OVERHEAD_BYTES <= this.#maxBytes
  }

  /** Resolves when there is room for so many bytes; rejects with the signal's reason. */
  async whenRoomFor(bodyBytes: number, signal: AbortSignal): Promise<void> {
    while (!this.roomFor(bodyBytes)) {
      signal.throwIfAborted()
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#waiting.push(wake)
        signal.addEventListener('abort', wake, { once: true })
      })
    }
  }

  /** Closes all files; what they hold stays. */
  async close(): Promise<void> {
    for (const [runId, run] of this.#runs) await this.#inTurn(runId, () => run.close())
    this.#runs.clear()
  }

  #known(runId: string): SpooledRun {
    const run = this.#runs.get(runId)
    if (run === undefined) throw new AskFirstError('RUN_UNKNOWN', `The spool does not hold ${runId}`)
    return run
  }

  /** One thing at a time for each run. */
  #inTurn<T>(runId: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(runId) ?? Promise.resolve()).then(act)
    // The caller gets the failure; the next in turn starts all the same.
    this.#turns.set(
      runId,
      turn.catch(() => undefined),
    )
    return turn
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

function columnCount({ dropColumns = [] }: ReviewEdit): Pick<Completeness, 'columnsDroppedInReview'> {
  return dropColumns.length === 0 ? {} : { columnsDroppedInReview: dropColumns.length }
}

async function* chunksOf(run: SpooledRun): AsyncGenerator<SpooledChunk, void, undefined> {
  for (let seq = 0; seq < run.totals.chunks; seq += 1) {
    const chunk = await run.chunk(seq)
    if (chunk !== null) yield chunk
  }
}

function entryOf(run: SpooledRun): SpoolEntry {
  const { meta, totals, acknowledged, ended } = run
  return { meta, totals, ended, nextSeq: totals.chunks, acknowledgedSeq: acknowledged.chunks }
}

function spoolFull(cause: unknown): never {
  const full = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
  if (full) throw new AskFirstError('RUN_SPOOL_FULL', 'The disk of the spool is full', { cause })
  throw cause
}
