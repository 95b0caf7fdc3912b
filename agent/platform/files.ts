import type { Dirent } from 'node:fs'
import { closeSync, constants, createReadStream, openSync, readdirSync, readSync } from 'node:fs'
import { open, readdir, readlink, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { DirectoryEntry, FileFacts, Files, VolumeFigures } from '../runtime/collector-context.ts'
import { SourceError } from '../runtime/collector-context.ts'
import { fileProblem } from './file-problem.ts'
import { LineSplitter } from './line-splitter.ts'
import type { SourceLog } from './source-log.ts'

const DEFAULT_TEXT_BYTES = 1_048_576
const DEFAULT_LINES_BYTES = 268_435_456
const MAX_LINE_BYTES = 1_048_576
/** Most files that are read whole are small: `/proc` has several for each program, and buffers of their own cost more. */
const FIRST_PIECE_BYTES = 4_096
const READ_PIECE_BYTES = 65_536
/** A pipe without a writer does not block. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

interface Dependencies {
  readonly sources: SourceLog
  readonly signal: AbortSignal
  readonly volume: (path: string, timeoutMs: number) => Promise<VolumeFigures | null>
}

/** Files for collectors, read-only, as collector-context.ts promises them. */
export function createFiles(dependencies: Dependencies): Files {
  const { sources, signal } = dependencies
  return {
    readText: (path, options = {}) => readText({ path, sources, maxBytes: options.maxBytes ?? DEFAULT_TEXT_BYTES }),
    tryText: (path) => orNull(async () => (await readStart(path, DEFAULT_TEXT_BYTES)).text),
    lines: (path, options = {}) => lines({ path, sources, signal, ...options }),
    list: (path) => list(path, sources),
    tryTexts: (paths) => paths.map(readNow),
    tryList: (path) => listNow(path).map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
    tryNames: (path) => listNow(path).map((entry) => entry.name),
    link: (path) => orNull(() => readlink(path)),
    facts: (path) => orNull(() => facts(path)),
    volume: dependencies.volume,
  }
}

async function readText(use: { path: string; sources: SourceLog; maxBytes: number }): Promise<string> {
  try {
    const { text, cut } = await readStart(use.path, use.maxBytes)
    record(use, cut ? `Only the first ${use.maxBytes} bytes were read.` : null)
    return text
  } catch (cause) {
    throw recordProblem(use, cause)
  }
}

/** Reads to the end or the bound. Sizes are not trusted: files of /proc say 0. A pipe without a writer does not block. */
async function readStart(path: string, maxBytes: number): Promise<{ text: string; cut: boolean }> {
  const file = await open(path, READ_ONLY)
  try {
    const pieces: Buffer[] = []
    let size = 0
    let free = Buffer.allocUnsafe(FIRST_PIECE_BYTES)
    while (size <= maxBytes) {
      const { bytesRead } = await file.read(free, 0, free.length, null)
      if (bytesRead === 0) break
      pieces.push(free.subarray(0, bytesRead))
      size += bytesRead
      // The end of the file shows at the next read, for which the rest of the piece will do.
      free = bytesRead === free.length ? Buffer.allocUnsafe(READ_PIECE_BYTES) : free.subarray(bytesRead)
    }
    return { text: Buffer.concat(pieces).toString('utf8', 0, Math.min(size, maxBytes)), cut: size > maxBytes }
  } finally {
    await file.close()
  }
}

const NOW_BYTES = 65_536
/** Attributes and settings of the kernel come whole with the first read (kernel documentation, filesystems/sysfs). */
const ONE_READ = /^\/(?:sys|proc\/sys)\//
const nowBuffer = Buffer.allocUnsafe(NOW_BYTES)

/** One open, reads to the end or the bound, one close: half the time of `readFileSync`, which asks for the size first. */
function readNow(path: string): string | null {
  let file: number
  try {
    file = openSync(path, READ_ONLY)
  } catch {
    return null // Not there or not allowed: the interface says null.
  }
  const isOneRead = ONE_READ.test(path)
  try {
    let size = 0
    for (;;) {
      const count = readSync(file, nowBuffer, size, NOW_BYTES - size, null)
      size += count
      if (count === 0 || (isOneRead && size > 0) || size === NOW_BYTES) return nowBuffer.toString('utf8', 0, size)
    }
  } catch {
    return null // Files of the kernel may refuse the reading itself.
  } finally {
    closeSync(file)
  }
}

function listNow(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return [] // Not every machine has every folder.
  }
}

interface LinesUse {
  readonly path: string
  readonly sources: SourceLog
  readonly signal: AbortSignal
  readonly fromEnd?: number
  readonly maxBytes?: number
}

async function* lines(use: LinesUse): AsyncGenerator<string, void, undefined> {
  const splitter = new LineSplitter(MAX_LINE_BYTES)
  const maxBytes = use.maxBytes ?? DEFAULT_LINES_BYTES
  let room = maxBytes
  let cut = false
  try {
    for await (const piece of await openPieces(use)) {
      yield* splitter.push(piece.subarray(0, Math.max(0, room)))
      room -= piece.length
      cut = room < 0
      if (cut) break
    }
    const last = splitter.finish()
    if (last !== null) yield last
  } catch (cause) {
    use.signal.throwIfAborted()
    throw recordProblem(use, cause)
  }
  record(use, cutDetail(cut, maxBytes, splitter.cutLines))
}

function cutDetail(cut: boolean, maxBytes: number, cutLines: number): string | null {
  if (cut) return `Only ${maxBytes} bytes were read.`
  return cutLines > 0 ? `${cutLines} lines were too long and cut.` : null
}

async function openPieces(use: LinesUse): Promise<AsyncIterable<Buffer>> {
  const start = use.fromEnd === undefined ? 0 : Math.max(0, (await stat(use.path)).size - use.fromEnd)
  const file = createReadStream(use.path, { start, signal: use.signal })
  if (!use.path.endsWith('.gz')) return file
  const unpacked = createGunzip()
  // The error reaches the reader of `unpacked`, which pipeline destroys with it.
  pipeline(file, unpacked, () => undefined)
  return unpacked
}

async function list(path: string, sources: SourceLog): Promise<readonly DirectoryEntry[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    record({ path, sources }, null)
    return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
  } catch (cause) {
    throw recordProblem({ path, sources }, cause)
  }
}

function kindOf(entry: Dirent): DirectoryEntry['kind'] {
  if (entry.isSymbolicLink()) return 'link'
  if (entry.isDirectory()) return 'directory'
  return entry.isFile() ? 'file' : 'other'
}

async function facts(path: string): Promise<FileFacts> {
  const { size, mtime, uid } = await stat(path)
  return { sizeBytes: size, modifiedAt: mtime, uid }
}

/** For optional facts: what cannot be read is absent, as the interface promises. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch {
    return null
  }
}

interface Recorded {
  readonly path: string
  readonly sources: SourceLog
}

function record(use: Recorded, cut: string | null): void {
  if (cut === null) use.sources.add({ source: use.path, kind: 'file', state: 'ok' })
  else use.sources.add({ source: use.path, kind: 'file', state: 'cut', detail: cut })
}

function recordProblem(use: Recorded, cause: unknown): SourceError {
  const problem = cause instanceof SourceError ? cause : fileProblem(use.path, cause)
  use.sources.add({ source: use.path, kind: 'file', state: problem.problem, detail: problem.message })
  return problem
}
