import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { SourceRecord } from '@askfirst/protocol/completeness.ts'

/** Options of a program that a collector reads from. The environment is scrubbed and no shell is involved. */
export interface CommandOptions {
  /** Text for standard input, e.g. the JSON parameters of a constant PowerShell script; absent: no input. */
  readonly input?: string
  /** Longest time for this one program in ms; absent: the run's own time limit. */
  readonly timeoutMs?: number
  /** Most bytes to read from it; absent: 64 MiB. What comes after is cut, and the source record says `cut`. */
  readonly maxBytes?: number
  /** Longest line in bytes; absent: 1 MiB. A longer line is cut. */
  readonly maxLineBytes?: number
  /** What the program writes; absent: UTF-8. */
  readonly encoding?: 'utf-16le'
  /** Exit codes that are results and not failures; absent: only 0. */
  readonly okExitCodes?: readonly number[]
}

/** Fixed programs with argument arrays. Each use leaves a source record in the run's completeness record. */
export interface Commands {
  /**
   * Runs a program and yields its output line by line as it comes, without the line ends.
   *
   * @param executables absolute paths, the first that exists is taken
   * @throws SourceError with `missing`, `denied`, `failed` or `timeout`; lines that came before were yielded
   */
  lines(executables: readonly string[], args: readonly string[], options?: CommandOptions): AsyncIterable<string>
  /** As `lines`, the bytes as they come: for formats that are not lines of text. */
  bytes(executables: readonly string[], args: readonly string[], options?: CommandOptions): AsyncIterable<Uint8Array>
  /** As `lines`, whole output at once. */
  text(executables: readonly string[], args: readonly string[], options?: CommandOptions): Promise<string>
  /**
   * Runs a constant PowerShell script that writes one compact JSON object a line, UTF-8 (Windows only). Parameters
   * reach it as JSON on standard input, never in its text.
   */
  powershell(
    script: string,
    params: Readonly<Record<string, unknown>>,
    options?: CommandOptions,
  ): AsyncIterable<unknown>
}

/** What a directory holds; symbolic links are not followed. */
export interface DirectoryEntry {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
}

export interface FileFacts {
  readonly sizeBytes: number
  readonly modifiedAt: Date
  /** Owner's numeric id (0 on Windows). */
  readonly uid: number
}

/** Figures of one mounted volume as `statfs` gives them. */
export interface VolumeFigures {
  readonly sizeBytes: number
  readonly freeBytes: number
  /** Free for ordinary users. */
  readonly availableBytes: number
  readonly inodes: number
  readonly inodesFree: number
}

/**
 * Files under fixed roots, read-only. `readText`, `lines` and `list` leave a source record; a path that is not there is
 * `SourceError('missing')`, one that may not be read `SourceError('denied')`.
 */
export interface Files {
  /** Whole text, UTF-8 with replacement characters for what is not; at most `maxBytes` (absent: 1 MiB) from its start. */
  readText(path: string, options?: { readonly maxBytes?: number }): Promise<string>
  /** Like `readText`, but null when the file is missing or may not be read, without a source record: for optional facts. */
  tryText(path: string): Promise<string | null>
  /** Lines of a file that may be large, in constant memory; `fromEnd` starts so many bytes before its end. `.gz` is unpacked. */
  lines(path: string, options?: { readonly fromEnd?: number; readonly maxBytes?: number }): AsyncIterable<string>
  list(path: string): Promise<readonly DirectoryEntry[]>
  /**
   * First 64 KiB of each of many small files of the kernel at once, null for what cannot be read; no source record. It
   * blocks the collector host: only for files under `/proc` and `/sys` that the kernel answers from memory.
   */
  tryTexts(paths: readonly string[]): readonly (string | null)[]
  /** What a folder of the kernel holds, in the order of the names; empty where it is not there. Blocks likewise. */
  tryList(path: string): readonly DirectoryEntry[]
  /** The names alone, see `tryList`; what links point at counts too. */
  tryNames(path: string): readonly string[]
  /** Target of a symbolic link, or null. */
  link(path: string): Promise<string | null>
  /** Size and time of a file, or null. */
  facts(path: string): Promise<FileFacts | null>
  /** Runs in a worker with a time limit of its own: a dead network mount hangs only that. Null after the limit. */
  volume(path: string, timeoutMs: number): Promise<VolumeFigures | null>
}

/** All that a collector can reach. It has no other way to the machine. */
export interface CollectorContext {
  readonly platform: Platform
  /** Aborted when the run is cancelled, revoked or over its time. */
  readonly signal: AbortSignal
  readonly now: () => Date
  /** Waits; rejects when the signal aborts. For samples over time. */
  sleep(ms: number): Promise<void>
  readonly files: Files
  readonly commands: Commands
  /**
   * Marks the run's result as partial without ending it: a source was denied, missing or failed while others gave rows.
   * `SourceError`s that a collector catches and wants to pass on go through here.
   */
  partial(error: SourceError): void
  /** Leaves the record of a source that is neither a file nor a program, e.g. a package. */
  noteSource(record: SourceRecord): void
  /** Account names of this machine by numeric id (empty on Windows). */
  userName(uid: number): Promise<string | null>
}

export type SourceProblem = 'missing' | 'denied' | 'failed' | 'timeout'

/** A source could not be read. Thrown out of `collect`, it ends the run with the state that fits (SPEC R9). */
export class SourceError extends Error {
  readonly problem: SourceProblem
  readonly source: string

  constructor(problem: SourceProblem, source: string, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.name = 'SourceError'
    this.problem = problem
    this.source = source
  }
}

/** Thrown out of `collect` when the collector does not exist on this system; ends the run as `unsupported`. */
export class NotSupportedHere extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotSupportedHere'
  }
}

/** Thrown after the last row when there was more than the collector may yield; ends the run as `truncated`. */
export class MoreThanAllowed extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'MoreThanAllowed'
  }
}
