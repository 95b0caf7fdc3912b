import { createHash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import type { ChunkDigest, LogEntry } from '@askfirst/protocol/findings-log.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { BundleFiles } from './archive.ts'
import { chunkFile } from './bundle-format.ts'
import { DeletedThings } from './deleted-things.ts'
import { isEndedBody } from './log-bodies.ts'
import type { Problem } from './verify-report.ts'

export interface RunsReport {
  readonly runs: number
  readonly chunks: number
  readonly rows: number
  /** Chunks that are not there because the log says that they were deleted after their time. */
  readonly agedOut: number
  /** The same of those that went with a person's data. */
  readonly erased: number
  readonly problems: readonly Problem[]
}

/** Holds every chunk of the bundle against the digests in the log (SPEC G4): none missing, none besides, each as it arrived. */
export function verifyRuns(entries: readonly LogEntry[], files: BundleFiles): RunsReport {
  const problems: Problem[] = []
  const named = new Set<string>()
  let runs = 0
  let rows = 0
  const deleted = new DeletedThings(entries)
  for (const entry of entries) {
    if (entry.kind !== 'run.ended') continue
    runs += 1
    if (!isEndedBody.Check(entry.body)) {
      problems.push({ check: 'run', entry: entry.seq, text: `Log entry ${entry.seq} does not say how its run ended.` })
      continue
    }
    const { runId, chunks } = entry.body
    for (const [place, digest] of chunks.entries()) {
      const name = chunkFile(runId, digest.seq)
      named.add(name)
      rows += digest.rows
      const isGone = deleted.misses(runId, files.has(name))
      const text = digest.seq === place ? chunkProblem(files.get(name), digest) : misplaced(digest, place)
      if (text !== null && !isGone)
        problems.push({ check: 'chunk', entry: entry.seq, text: `Log entry ${entry.seq}: ${name} ${text}.` })
    }
  }
  const besides = [...files.keys()].filter((name) => name.startsWith('chunks/') && !named.has(name))
  problems.push(
    ...besides.map(
      (name): Problem => ({ check: 'chunk', text: `${name} is in the bundle, and no entry of the log names it.` }),
    ),
  )
  return { runs, chunks: named.size, rows, ...deleted.missed, problems }
}

function misplaced({ seq }: ChunkDigest, place: number): string {
  return `is number ${seq} and stands at place ${place}`
}

function chunkProblem(body: Uint8Array | undefined, digest: ChunkDigest): string | null {
  if (body === undefined) return 'is missing'
  if (body.length !== digest.bytes) return `has ${body.length} bytes instead of ${digest.bytes}`
  if (createHash('sha256').update(body).digest('hex') !== digest.sha256) return 'has another content than the log says'
  return rowsProblem(body, digest)
}

function rowsProblem(body: Uint8Array, digest: ChunkDigest): string | null {
  try {
    const raw = zstdDecompressSync(body, { maxOutputLength: LIMITS.maxChunkRawBytes })
    if (raw.length !== digest.rawBytes) return `unpacks to ${raw.length} bytes instead of ${digest.rawBytes}`
    const lines = raw.reduce((count, byte) => (byte === 10 ? count + 1 : count), 0)
    return lines === digest.rows ? null : `holds ${lines} rows instead of ${digest.rows}`
  } catch {
    return 'cannot be unpacked'
  }
}
