import type { SourceRecord } from '@askfirst/protocol/completeness.ts'

/** Most records a completeness record carries, and room kept among them for sources that failed. */
const MAX_RECORDS = 64
const KEPT_FOR_FAILURES = 24
const MAX_TEXT = 1_024

/** Takes the source records of one run. */
export interface SourceLog {
  add(record: SourceRecord): void
}

/**
 * Source records of one run, redacted and bounded: equal ones are kept once, successes may not push out failures, and
 * what did not fit is counted in the last record.
 */
export class RunSources implements SourceLog {
  readonly #redact: (text: string) => string
  readonly #records = new Map<string, SourceRecord>()
  #left = 0
  #leftFailed = 0

  constructor(redact: (text: string) => string) {
    this.#redact = redact
  }

  add(record: SourceRecord): void {
    const kept = this.#redacted(record)
    const key = JSON.stringify(kept)
    if (this.#records.has(key)) return
    const room = record.state === 'ok' ? MAX_RECORDS - 1 - KEPT_FOR_FAILURES : MAX_RECORDS - 1
    if (this.#records.size < room) this.#records.set(key, kept)
    else this.#countLeft(record)
  }

  /** The records in the order of their first use. */
  list(): SourceRecord[] {
    const records = [...this.#records.values()]
    if (this.#left === 0) return records
    const detail = `${this.#left} more sources were read, ${this.#leftFailed} of them not wholly.`
    return [
      ...records,
      { source: 'further sources', kind: 'api', state: this.#leftFailed > 0 ? 'failed' : 'ok', detail },
    ]
  }

  #countLeft(record: SourceRecord): void {
    this.#left += 1
    if (record.state !== 'ok') this.#leftFailed += 1
  }

  #redacted(record: SourceRecord): SourceRecord {
    const source = this.#redact(record.source).slice(0, MAX_TEXT)
    if (record.detail === undefined) return { ...record, source }
    return { ...record, source, detail: this.#redact(record.detail).slice(0, MAX_TEXT) }
  }
}
