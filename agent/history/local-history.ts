import { createHash } from 'node:crypto'
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EMPTY_LOG_HASH } from '@askfirst/protocol/findings-log.ts'
import type { AgentClock } from '../consent/agent-clock.ts'
import { instant } from '../consent/agent-clock.ts'
import { syncDirectory, writeWhole } from '../consent/durable-file.ts'
import type { HistoryEntry, HistoryKind } from './history-entry.ts'
import { parseEntry, sealEntry } from './history-entry.ts'
import type { HistoryCheck } from './verify-history.ts'
import { linesOf, verifyHistory } from './verify-history.ts'

/** The device's own append-only, hash-chained record of what was asked, answered and done. */
export interface LocalHistory {
  /** Adds an entry; it is on disk when this returns. The body must have a canonical JSON form. */
  append(kind: HistoryKind, body: Readonly<Record<string, unknown>>): HistoryEntry
  /** Entries after a sequence number, oldest first. */
  entries(options?: { readonly afterSeq?: number; readonly limit?: number }): readonly HistoryEntry[]
  /** Wall-clock time of the last entry in Unix ms; null for an empty record. */
  lastAtMs(): number | null
  verify(): HistoryCheck
  close(): void
}

/** Name of the record's file in the data directory. */
export const HISTORY_FILE = 'history.jsonl'

/**
 * Opens the record. A last line that a SIGKILL or power cut left torn is cut off, and an entry says so; a chain that
 * is broken elsewhere is left as it is, and an entry says where. `onEntry` is called after each entry.
 */
export function openLocalHistory(
  dataDir: string,
  clock: AgentClock,
  onEntry: () => void = () => undefined,
): LocalHistory {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, HISTORY_FILE)
  const isNew = !existsSync(path)
  const file = openSync(path, 'a+', 0o600)
  if (isNew) syncDirectory(dataDir)
  return new FileHistory({ path, file, clock, onEntry })
}

class FileHistory implements LocalHistory {
  readonly #path: string
  readonly #file: number
  readonly #clock: AgentClock
  readonly #onEntry: () => void
  #last: HistoryEntry | null = null

  constructor(parts: {
    readonly path: string
    readonly file: number
    readonly clock: AgentClock
    readonly onEntry: () => void
  }) {
    this.#path = parts.path
    this.#file = parts.file
    this.#clock = parts.clock
    this.#onEntry = parts.onEntry
    this.#open()
  }

  append(kind: HistoryKind, body: Readonly<Record<string, unknown>>): HistoryEntry {
    const entry = sealEntry({
      seq: (this.#last?.seq ?? 0) + 1,
      at: instant(this.#clock.wallMs()),
      kind,
      body: { ...body },
      previousHash: this.#last?.hash ?? EMPTY_LOG_HASH,
    })
    const before = fstatSync(this.#file).size
    try {
      writeWhole(this.#file, Buffer.from(`${JSON.stringify(entry)}\n`))
      fsyncSync(this.#file)
    } catch (error) {
      ftruncateSync(this.#file, before)
      throw new Error(`The history could not be written to ${this.#path}`, { cause: error })
    }
    this.#last = entry
    this.#onEntry()
    return entry
  }

  entries(options: { readonly afterSeq?: number; readonly limit?: number } = {}): readonly HistoryEntry[] {
    const after = options.afterSeq ?? 0
    const found: HistoryEntry[] = []
    for (const line of linesOf(readFileSync(this.#path, 'utf8'))) {
      const entry = parseEntry(line)
      if (entry === null || entry.seq <= after) continue
      found.push(entry)
      if (found.length >= (options.limit ?? Number.POSITIVE_INFINITY)) break
    }
    return found
  }

  lastAtMs(): number | null {
    return this.#last === null ? null : Date.parse(this.#last.at)
  }

  verify(): HistoryCheck {
    return verifyHistory(readFileSync(this.#path, 'utf8'))
  }

  close(): void {
    closeSync(this.#file)
  }

  #open(): void {
    const bytes = readFileSync(this.#path)
    const whole = wholeLines(bytes)
    const torn = bytes.subarray(whole)
    if (torn.length > 0) ftruncateSync(this.#file, whole)
    const text = bytes.subarray(0, whole).toString('utf8')
    this.#last = lastEntry(text)
    const check = verifyHistory(text)
    if (torn.length > 0)
      this.append('history.repaired', {
        tornBytes: torn.length,
        tornSha256: createHash('sha256').update(torn).digest('hex'),
      })
    if (check.broken !== undefined && this.#last?.kind !== 'history.broken')
      this.append('history.broken', { ...check.broken })
  }
}

/** Length of the part that ends with a complete line. Appends are one write, so only the end can be torn. */
function wholeLines(bytes: Buffer): number {
  return bytes.lastIndexOf(0x0a) + 1
}

function lastEntry(text: string): HistoryEntry | null {
  for (const line of linesOf(text).reverse()) {
    const entry = parseEntry(line)
    if (entry !== null) return entry
  }
  return null
}
