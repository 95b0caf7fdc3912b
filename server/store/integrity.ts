import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { ChunkDigest, LogEntry } from '@askfirst/protocol/findings-log.ts'
import { EMPTY_LOG_HASH } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { ErasedChain, erasedThings } from '../erasure/erased-chain.ts'
import type { Run, StoredChunk } from './entities.ts'
import type { Attachment } from './person-entities.ts'
import { auditEntryHash } from './sql/seal.ts'
import type { Store } from './store.ts'

/** What a walk over everything that is chained or hashed saw. */
export interface IntegrityReport {
  readonly tickets: number
  readonly logEntries: number
  readonly auditEntries: number
  readonly runs: number
  readonly chunks: number
  /** Files of people that are whole. */
  readonly files: number
  /** The first things that are wrong, in sentences that name them; empty when all is well. */
  readonly problems: readonly string[]
}

const PAGE = 200
const CHUNKS_A_PAGE = 16
/** One manipulated store may hold millions of wrong entries; the first ones tell enough. */
const MAX_PROBLEMS = 100

interface Walk {
  readonly store: Store
  readonly counts: { -readonly [Name in keyof Omit<IntegrityReport, 'problems'>]: number }
  readonly problems: string[]
}

/**
 * Walks every findings log, the audit log, every chunk and every file: hashes, chain, heads, digests in `run.ended`, and
 * the counts of each run. Reads page by page; memory stays constant.
 */
export async function checkIntegrity(store: Store): Promise<IntegrityReport> {
  const counts = { tickets: 0, logEntries: 0, auditEntries: 0, runs: 0, chunks: 0, files: 0 }
  const walk: Walk = { store, counts, problems: [] }
  await checkAudit(walk)
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Store['tickets']['list']>> = await store.tickets.list({
      limit: PAGE,
      ...(after === null ? {} : { after }),
    })
    for (const { id } of page.items) await checkTicket(walk, id)
    after = page.next
  } while (after !== null && walk.problems.length < MAX_PROBLEMS)
  return { ...walk.counts, problems: walk.problems.slice(0, MAX_PROBLEMS) }
}

async function checkTicket(walk: Walk, id: TicketId): Promise<void> {
  walk.counts.tickets += 1
  const { digests, gone } = await checkLog(walk, id)
  for (const run of await walk.store.runs.listForTicket(id)) {
    // What the log says is gone has nothing left to check.
    if (gone.has(run.id)) walk.counts.runs += 1
    else await checkRun(walk, run, digests.get(run.id))
  }
  for (const file of await walk.store.attachments.listForTicket(id)) await checkFile(walk, file)
}

/** What a log says of runs. */
interface LoggedRuns {
  /** Chunk digests that `run.ended` entries name. */
  readonly digests: Map<string, unknown>
  /** Runs whose rows were deleted: after their time, or with a person's data. */
  readonly gone: Set<unknown>
}

/** Walks one log and gives what it says of runs. */
async function checkLog(walk: Walk, ticketId: TicketId): Promise<LoggedRuns> {
  const logged: LoggedRuns = { digests: new Map(), gone: new Set() }
  const chain = new ErasedChain()
  const head = await walk.store.log.head(ticketId)
  let [size, hash] = [0, EMPTY_LOG_HASH]
  for (;;) {
    const entries = await walk.store.log.read(ticketId, size, PAGE)
    for (const entry of entries) {
      checkEntry(walk, {
        entry,
        size,
        hash,
        name: `Entry ${size + 1} of the log of ticket ${ticketId}`,
        isAsHashed: chain.take(entry),
      })
      rememberRuns(logged, entry)
      size = entry.seq
      hash = entry.hash
      walk.counts.logEntries += 1
    }
    if (entries.length < PAGE) break
  }
  if (chain.unexplained !== null)
    walk.problems.push(
      `Entry ${chain.unexplained} of the log of ticket ${ticketId} lost its words, and no later entry says that they were erased`,
    )
  if (head.size !== size || head.headHash !== hash)
    walk.problems.push(`The log of ticket ${ticketId} ends at ${size}, but its head says ${head.size}`)
  return logged
}

function rememberRuns({ digests, gone }: LoggedRuns, entry: LogEntry): void {
  const { runId, chunks, runs } = entry.body
  if (entry.kind === 'run.ended' && typeof runId === 'string') digests.set(runId, chunks)
  for (const id of erasedThings(entry) ?? []) gone.add(id)
  if (entry.kind === 'retention.aged-out' && Array.isArray(runs)) for (const id of runs) gone.add(id)
}

async function checkAudit(walk: Walk): Promise<void> {
  const head = await walk.store.audit.head()
  let [size, hash] = [0, EMPTY_LOG_HASH]
  for (;;) {
    const entries = await walk.store.audit.read(size, PAGE)
    for (const entry of entries) {
      const isAsHashed = auditEntryHash(entry) === entry.hash
      checkEntry(walk, { entry, size, hash, name: `Entry ${size + 1} of the audit log`, isAsHashed })
      size = entry.seq
      hash = entry.hash
      walk.counts.auditEntries += 1
    }
    if (entries.length < PAGE) break
  }
  // The head was read first: entries may have been added since, none may be missing.
  if (size < head.size) walk.problems.push(`The audit log ends at ${size}, but its head says ${head.size}`)
}

interface Link {
  readonly entry: { readonly seq: number; readonly previousHash: string; readonly hash: string }
  readonly size: number
  readonly hash: string
  readonly name: string
  readonly isAsHashed: boolean
}

function checkEntry({ problems }: Walk, { entry, size, hash, name, isAsHashed }: Link): void {
  if (entry.seq !== size + 1) problems.push(`${name} is missing; the next is ${entry.seq}`)
  else if (entry.previousHash !== hash) problems.push(`${name} does not follow the one before it`)
  if (!isAsHashed) problems.push(`${name} was changed: its content does not match its hash`)
}

async function checkRun(walk: Walk, run: Run, logged: unknown): Promise<void> {
  walk.counts.runs += 1
  const seen: ChunkDigest[] = []
  for (;;) {
    const chunks = await walk.store.runs.chunks(run.id, seen.length, CHUNKS_A_PAGE)
    for (const chunk of chunks) seen.push(checkChunk(walk, chunk, seen.length))
    if (chunks.length < CHUNKS_A_PAGE) break
  }
  walk.counts.chunks += seen.length
  const rows = seen.reduce((sum, chunk) => sum + chunk.rows, 0)
  // A run that is going on may have grown since it was listed.
  const short = seen.length < run.nextSeq || rows < run.rows
  const long = run.endedAt !== null && (seen.length > run.nextSeq || rows > run.rows)
  if (short || long)
    walk.problems.push(
      `Run ${run.id} should have ${run.nextSeq} chunks with ${run.rows} rows, but has ${seen.length} with ${rows}`,
    )
  if (logged !== undefined && canonicalJson(logged) !== canonicalJson(seen)) {
    walk.problems.push(`The chunks of run ${run.id} are not those that the findings log names`)
  }
}

/** What came of a file that is not whole cannot be judged: its hash is that of all of it. */
async function checkFile({ store, counts, problems }: Walk, file: Attachment): Promise<void> {
  if (file.state !== 'complete') return
  counts.files += 1
  const content = await store.attachments.content(file.id)
  if (createHash('sha256').update(content).digest('hex') !== file.sha256)
    problems.push(`The file ${file.id} does not match its hash`)
}

function checkChunk({ problems }: Walk, chunk: StoredChunk, seq: number): ChunkDigest {
  const sha256 = createHash('sha256').update(chunk.body).digest('hex')
  if (chunk.seq !== seq) problems.push(`Chunk ${seq} of run ${chunk.runId} is missing`)
  if (sha256 !== Buffer.from(chunk.sha256).toString('hex'))
    problems.push(`Chunk ${chunk.seq} of run ${chunk.runId} does not match its hash`)
  return { seq: chunk.seq, sha256, rows: chunk.rows, rawBytes: chunk.rawBytes, bytes: chunk.body.byteLength }
}
