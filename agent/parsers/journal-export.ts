import type { JournalEvent } from './journal-entry.ts'
import { JOURNAL_FIELDS, JOURNAL_TIME, journalEventOf } from './journal-entry.ts'
import type { ParseTally } from './parse-tally.ts'

const LINE_FEED = 10
const EQUALS = 61
/** Field names have at most 64 characters (systemd.journal-fields(7)). */
const MAX_NAME = 64
const LENGTH_BYTES = 8
/** Most bytes of one value that are kept; a longer one is passed over and its entry marked as cut. */
const MAX_VALUE_BYTES = 262_144

type Values = Record<string, string | string[] | null>

/**
 * Reads the Journal Export Format (systemd JOURNAL_EXPORT_FORMATS) from pieces of any length: `NAME=value` lines, for
 * values with line breaks or other bytes `NAME`, a 64-bit little-endian length, the bytes and a line break; a blank
 * line ends an entry. It holds at most one value of bounded size, and decodes only the fields that are wanted.
 */
export class JournalExportReader {
  readonly #wanted: ReadonlySet<string>
  #rest: Buffer = Buffer.alloc(0)
  /** Bytes of a value too long to keep that are still to come. */
  #skip = 0
  /** A line too long to keep has not ended yet. */
  #inLongLine = false
  #values: Values = {}
  #any = false

  constructor(wanted: readonly string[]) {
    this.#wanted = new Set(wanted)
  }

  /** Yields the entries that end in this piece. */
  *push(piece: Buffer): Generator<Values, void, undefined> {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    let at = this.#passOver(bytes, 0)
    while (at < bytes.length) {
      const end = bytes.indexOf(LINE_FEED, at)
      if (end === -1) break
      if (end === at) {
        if (this.#any) yield this.#take()
        at += 1
        continue
      }
      const next = this.#field(bytes, at, end)
      if (next === null) break
      at = this.#passOver(bytes, next)
    }
    this.#keep(bytes.subarray(at))
  }

  /** The last entry when the blank line after it is missing, or null. */
  finish(): Values | null {
    return this.#any && this.#rest.length === 0 && this.#skip === 0 ? this.#take() : null
  }

  /** Whether it ended in the middle of a field. */
  get isTorn(): boolean {
    return this.#rest.length > 0 || this.#skip > 0 || this.#inLongLine
  }

  /** Reads the field that starts at `at`, whose first line ends at `end`; null when not all of it is here. */
  #field(bytes: Buffer, at: number, end: number): number | null {
    const equals = bytes.indexOf(EQUALS, at)
    if (equals !== -1 && equals < end) {
      const name = bytes.toString('latin1', at, Math.min(equals, at + MAX_NAME + 1))
      const isTooLong = end - equals - 1 > MAX_VALUE_BYTES
      if (this.#wanted.has(name)) this.#add(name, isTooLong ? null : bytes.toString('utf8', equals + 1, end))
      else this.#any = true
      return end + 1
    }
    const start = end + 1 + LENGTH_BYTES
    if (bytes.length < start) return null
    const length = Number(bytes.readBigUInt64LE(end + 1))
    const name = bytes.toString('latin1', at, Math.min(end, at + MAX_NAME + 1))
    if (length > MAX_VALUE_BYTES) {
      this.#add(name, null)
      this.#skip = length + 1
      return start
    }
    if (bytes.length < start + length + 1) return null
    if (this.#wanted.has(name)) this.#add(name, bytes.toString('utf8', start, start + length))
    else this.#any = true
    return start + length + 1
  }

  /** Steps over what is left of a value that is not kept. */
  #passOver(bytes: Buffer, at: number): number {
    if (this.#inLongLine) {
      const end = bytes.indexOf(LINE_FEED, at)
      this.#inLongLine = end === -1
      return end === -1 ? bytes.length : end + 1
    }
    const passed = Math.min(this.#skip, bytes.length - at)
    this.#skip -= passed
    return at + passed
  }

  #keep(rest: Buffer): void {
    this.#rest = rest
    const isTooLong = rest.length > MAX_VALUE_BYTES + MAX_NAME + LENGTH_BYTES + 2
    if (!isTooLong || rest.includes(LINE_FEED)) return
    const equals = rest.indexOf(EQUALS)
    this.#add(rest.toString('latin1', 0, Math.min(equals === -1 ? MAX_NAME : equals, MAX_NAME + 1)), null)
    this.#inLongLine = true
    this.#rest = Buffer.alloc(0)
  }

  /** A field that stands several times has all of its values. */
  #add(name: string, value: string | null): void {
    this.#any = true
    if (!this.#wanted.has(name)) return
    const before = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined
    if (before === undefined || before === null || value === null) this.#values[name] = value
    else this.#values[name] = typeof before === 'string' ? [before, value] : [...before, value]
  }

  #take(): Values {
    const values = this.#values
    this.#values = {}
    this.#any = false
    return values
  }
}

/** Entries of `journalctl -o export` as rows; what is none is counted. */
export async function* journalExportEvents(
  pieces: AsyncIterable<Uint8Array>,
  tally: ParseTally,
): AsyncGenerator<JournalEvent, void, undefined> {
  const reader = new JournalExportReader([...JOURNAL_FIELDS, JOURNAL_TIME])
  for await (const piece of pieces) {
    for (const values of reader.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))) {
      const event = journalEventOf(values, tally)
      if (event !== null) yield event
    }
  }
  const last = reader.finish()
  const event = last === null ? null : journalEventOf(last, tally)
  if (event !== null) yield event
  if (reader.isTorn) tally.unparsed += 1
}
