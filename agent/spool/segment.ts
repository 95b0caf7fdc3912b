import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import type { RecordKind } from './spool-record.ts'
import { decodeRecordHead, encodeRecord, RECORD_HEAD_BYTES, recordMatches } from './spool-record.ts'

const FILE_MODE = 0o600

/** Where a record's content stands in its file. */
export interface RecordPlace {
  readonly offset: number
  readonly length: number
}

export interface FoundRecord extends RecordPlace {
  readonly kind: RecordKind
  readonly content: Buffer
}

/** One append-only file of records. */
export class Segment {
  readonly #file: FileHandle
  /** Length up to the last whole record; what a failed write left beyond is overwritten by the next. */
  size: number

  private constructor(file: FileHandle, size: number) {
    this.#file = file
    this.size = size
  }

  /** Makes a new file. @throws when it exists: two writers of one run would destroy it */
  static async create(path: string): Promise<Segment> {
    return new Segment(await open(path, 'wx+', FILE_MODE), 0)
  }

  /** Opens a file after a restart: hands every whole record to `found` and cuts off what follows the last one. */
  static async recover(path: string, found: (record: FoundRecord) => boolean): Promise<Segment> {
    const file = await open(path, 'r+')
    try {
      const segment = new Segment(file, 0)
      for (let record = await segment.#next(); record !== null; record = await segment.#next()) {
        if (!found(record)) break
        segment.size = record.offset + record.length
      }
      await file.truncate(segment.size)
      return segment
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Appends a record. A failed write leaves the file as it was. */
  async append(kind: RecordKind, content: Uint8Array): Promise<RecordPlace> {
    const record = encodeRecord(kind, content)
    const at = this.size
    let written = 0
    while (written < record.length) {
      const { bytesWritten } = await this.#file.write(record, written, record.length - written, at + written)
      written += bytesWritten
    }
    this.size = at + record.length
    return { offset: at + RECORD_HEAD_BYTES, length: content.length }
  }

  /** Content of a record; what the disk gives back is checked against the record's digest. @throws Error on damage */
  async read(place: RecordPlace): Promise<Buffer> {
    const record = await this.#readAt(place.offset - RECORD_HEAD_BYTES, RECORD_HEAD_BYTES + place.length)
    const head = decodeRecordHead(record)
    const content = record.subarray(RECORD_HEAD_BYTES)
    if (head === null || !recordMatches(head, content)) throw new Error('A record of the spool is damaged on the disk')
    return content
  }

  /** Returns when everything is on the disk itself. */
  async sync(): Promise<void> {
    await this.#file.datasync()
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #next(): Promise<FoundRecord | null> {
    const head = decodeRecordHead(await this.#readAt(this.size, RECORD_HEAD_BYTES))
    if (head === null) return null
    const offset = this.size + RECORD_HEAD_BYTES
    const content = await this.#readAt(offset, head.length)
    return recordMatches(head, content) ? { kind: head.kind, content, offset, length: head.length } : null
  }

  async #readAt(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length)
    let read = 0
    while (read < length) {
      const { bytesRead } = await this.#file.read(buffer, read, length - read, position + read)
      if (bytesRead === 0) break
      read += bytesRead
    }
    return buffer.subarray(0, read)
  }
}
