import { Completeness } from '@askfirst/protocol/completeness.ts'
import { Check } from 'typebox/schema'
import type { Chunk } from '../runtime/chunk.ts'
import { RunFiles } from './run-files.ts'
import type { FoundRecord, RecordPlace } from './segment.ts'
import { Segment } from './segment.ts'
import type { SpooledChunk } from './spool-chunk.ts'
import { decodeSpooledChunk, encodeSpooledChunk, withChunk } from './spool-chunk.ts'
import type { SpoolMeta, SpoolTotals } from './spool-meta.ts'
import { NO_CHUNKS } from './spool-meta.ts'
import { RECORD_CHUNK, RECORD_END } from './spool-record.ts'

/** A file that grew beyond this is followed by another, so that acknowledged rows can leave the disk early. */
const SEGMENT_BYTES = 4_194_304

interface Part {
  readonly firstChunk: number
  readonly segment: Segment
  /** Places of its chunks in their order. */
  readonly places: RecordPlace[]
}

/** A file of acknowledged rows alone leaves the disk when it is larger than this, though more could be appended. */
const IDLE_SEGMENT_BYTES = 1_048_576

/** The rows of one run on the disk. Calls that change it are made one after the other (spool.ts sees to it). */
export class SpooledRun {
  readonly meta: SpoolMeta
  readonly #files: RunFiles
  #generation: number
  #parts: Part[] = []
  #totals: SpoolTotals
  #acknowledged: SpoolTotals
  #ended: Completeness | null = null

  private constructor(meta: SpoolMeta, files: RunFiles, state: { generation: number; acknowledged: SpoolTotals }) {
    this.meta = meta
    this.#files = files
    this.#generation = state.generation
    this.#acknowledged = state.acknowledged
    this.#totals = state.acknowledged
  }

  /** Starts the files of a new run. */
  static async create(directory: string, meta: SpoolMeta): Promise<SpooledRun> {
    const files = new RunFiles(directory, meta.runId)
    await files.create(meta)
    return new SpooledRun(meta, files, { generation: 0, acknowledged: NO_CHUNKS })
  }

  /** Reads a run's files after a restart; null, and the files gone, when they do not say whose they are. */
  static async recover(directory: string, runId: string): Promise<SpooledRun | null> {
    const files = new RunFiles(directory, runId)
    const meta = await files.readMeta()
    if (meta === null || meta.runId !== runId) {
      await files.removeAll()
      return null
    }
    const run = new SpooledRun(meta, files, await files.readState())
    await run.#recoverParts()
    return run
  }

  /** Chunks, rows and bytes that were appended, acknowledged ones included. */
  get totals(): SpoolTotals {
    return this.#totals
  }

  /** The part of `totals` that the server has. */
  get acknowledged(): SpoolTotals {
    return this.#acknowledged
  }

  get ended(): Completeness | null {
    return this.#ended
  }

  /** Bytes on the disk. */
  get diskBytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.segment.size, 0)
  }

  /** Appends a chunk and returns its sequence number. */
  async append(chunk: Chunk): Promise<number> {
    if (this.#ended !== null) throw new Error(`Run ${this.meta.runId} has ended; no rows can follow`)
    const part = await this.#openPart()
    const before = this.#totals
    part.places.push(await part.segment.append(RECORD_CHUNK, encodeSpooledChunk(chunk, before)))
    this.#totals = withChunk(before, chunk)
    return before.chunks
  }

  /** Appends the run's end and puts everything on the disk itself. */
  async end(completeness: Completeness): Promise<void> {
    const part = await this.#openPart()
    await part.segment.append(RECORD_END, Buffer.from(JSON.stringify(completeness)))
    await part.segment.sync()
    this.#ended = completeness
  }

  /** One chunk, or null when it is not here (yet, or no longer). @throws Error when the disk damaged it */
  async chunk(seq: number): Promise<SpooledChunk | null> {
    const part = this.#parts.findLast((candidate) => candidate.firstChunk <= seq)
    const place = part?.places[seq - part.firstChunk]
    if (part === undefined || place === undefined) return null
    const decoded = decodeSpooledChunk(await part.segment.read(place))
    if (decoded === null || decoded.chunk.seq !== seq) throw new Error(`Chunk ${seq} of ${this.meta.runId} is damaged`)
    return decoded.chunk
  }

  /** The server has all chunks before `nextSeq`: files that hold nothing else are deleted. */
  async acknowledge(nextSeq: number): Promise<void> {
    if (nextSeq <= this.#acknowledged.chunks || nextSeq > this.#totals.chunks) return
    this.#acknowledged = await this.#totalsBefore(nextSeq)
    const idle = nextSeq === this.#totals.chunks && this.#ended === null && this.#lastSize() > IDLE_SEGMENT_BYTES
    const drop = idle ? this.#parts.length : this.#parts.findLastIndex((part) => part.firstChunk <= nextSeq)
    if (drop > 0) await this.#dropParts(drop)
  }

  /** Replaces all rows and the end by those of a reviewed copy, for good: what was dropped does not come back. */
  async replace(chunks: AsyncIterable<Chunk>, end: (totals: SpoolTotals) => Completeness): Promise<Completeness> {
    const old = this.#parts
    const generation = this.#generation + 1
    await this.#files.removeSegment(generation, 0) // Left over when an earlier attempt was interrupted.
    const segment = await Segment.create(this.#files.segmentPath(generation, 0))
    const part: Part = { firstChunk: 0, segment, places: [] }
    let totals = NO_CHUNKS
    for await (const chunk of chunks) {
      part.places.push(await segment.append(RECORD_CHUNK, encodeSpooledChunk(chunk, totals)))
      totals = withChunk(totals, chunk)
    }
    const completeness = end(totals)
    await segment.append(RECORD_END, Buffer.from(JSON.stringify(completeness)))
    await segment.sync()
    this.#files.writeState({ generation, acknowledged: NO_CHUNKS })
    this.#generation = generation
    this.#parts = [part]
    this.#totals = totals
    this.#ended = completeness
    await this.#deleteParts(generation - 1, old)
    return completeness
  }

  async remove(): Promise<void> {
    await this.close()
    await this.#files.removeAll()
  }

  async close(): Promise<void> {
    for (const part of this.#parts.splice(0)) await part.segment.close()
  }

  async #openPart(): Promise<Part> {
    const last = this.#parts.at(-1)
    if (last !== undefined && last.segment.size < SEGMENT_BYTES) return last
    const firstChunk = this.#totals.chunks
    const segment = await Segment.create(this.#files.segmentPath(this.#generation, firstChunk))
    const part: Part = { firstChunk, segment, places: [] }
    this.#parts.push(part)
    return part
  }

  #lastSize(): number {
    return this.#parts.at(-1)?.segment.size ?? 0
  }

  async #totalsBefore(nextSeq: number): Promise<SpoolTotals> {
    if (nextSeq === this.#totals.chunks) return this.#totals
    const part = this.#parts.findLast((candidate) => candidate.firstChunk <= nextSeq)
    const place = part?.places[nextSeq - part.firstChunk]
    if (part === undefined || place === undefined) return this.#acknowledged
    return decodeSpooledChunk(await part.segment.read(place))?.before ?? this.#acknowledged
  }

  /** Deletes the first `count` files. The state is written first: without it the numbers would start anew. */
  async #dropParts(count: number): Promise<void> {
    this.#files.writeState({ generation: this.#generation, acknowledged: this.#acknowledged })
    await this.#deleteParts(this.#generation, this.#parts.splice(0, count))
  }

  async #deleteParts(generation: number, parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      await part.segment.close()
      await this.#files.removeSegment(generation, part.firstChunk)
    }
  }

  async #recoverParts(): Promise<void> {
    let whole = true
    for (const firstChunk of await this.#files.segments(this.#generation)) {
      whole &&= await this.#recoverPart(firstChunk)
      if (!whole) await this.#files.removeSegment(this.#generation, firstChunk)
    }
  }

  /** Takes a file over when it follows what is known already. */
  async #recoverPart(firstChunk: number): Promise<boolean> {
    const fits = this.#parts.length === 0 ? firstChunk <= this.#totals.chunks : firstChunk === this.#totals.chunks
    if (!fits) return false
    const places: RecordPlace[] = []
    let seq = firstChunk
    const segment = await Segment.recover(this.#files.segmentPath(this.#generation, firstChunk), (record) => {
      if (record.kind === RECORD_END) return this.#recoverEnd(record)
      if (!this.#recoverChunk(record, seq)) return false
      places.push({ offset: record.offset, length: record.length })
      seq += 1
      return true
    })
    this.#parts.push({ firstChunk, segment, places })
    return true
  }

  #recoverChunk(record: FoundRecord, seq: number): boolean {
    const decoded = record.kind === RECORD_CHUNK ? decodeSpooledChunk(record.content) : null
    if (decoded === null || decoded.chunk.seq !== seq) return false
    const totals = withChunk(decoded.before, decoded.chunk)
    if (totals.chunks > this.#totals.chunks) this.#totals = totals
    return true
  }

  #recoverEnd(record: FoundRecord): boolean {
    const value: unknown = JSON.parse(record.content.toString('utf8')) // The record's digest matched: we wrote it.
    if (!Check(Completeness, value)) return false
    this.#ended = value
    return true
  }
}
