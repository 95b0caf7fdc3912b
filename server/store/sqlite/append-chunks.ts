import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ChunkInput, ChunkOutcome } from '../entities.ts'
import { OPEN_RUN_STATES } from '../sql/open-states.ts'
import type { RunHead } from '../sql/plan-chunks.ts'
import { chunkKey, planChunk } from '../sql/plan-chunks.ts'

interface Statements {
  readonly head: StatementSync
  readonly insert: StatementSync
  readonly advance: StatementSync
}

const HEAD = `select runs.id, devices.public_id as device, runs.state, runs.next_seq, runs.rows, runs.raw_bytes, runs.first_row_at
  from runs join devices on devices.id = runs.device_id where runs.public_id = ?`
const INSERT =
  'insert into chunks (id, first_row, rows, raw_bytes, bytes, sha256, received_at, body) values (?, ?, ?, ?, ?, ?, ?, ?)'
const ADVANCE = 'update runs set next_seq = ?, rows = ?, raw_bytes = ?, first_row_at = ? where id = ?'

/** The store's hot path: three prepared statements, without the query builder. */
export function chunkAppender(database: DatabaseSync): (chunks: readonly ChunkInput[]) => ChunkOutcome[] {
  let statements: Statements | undefined
  return (chunks) => {
    // Prepared at the first use, when the tables are there.
    statements ??= {
      head: database.prepare(HEAD),
      insert: database.prepare(INSERT),
      advance: database.prepare(ADVANCE),
    }
    return append(statements, chunks)
  }
}

function append(statements: Statements, chunks: readonly ChunkInput[]): ChunkOutcome[] {
  const heads = new Map<string, RunHead | undefined>()
  const changed = new Set<RunHead>()
  const outcomes = chunks.map((chunk) => {
    if (!heads.has(chunk.runId)) heads.set(chunk.runId, readHead(statements, chunk.runId))
    const head = heads.get(chunk.runId)
    const outcome = planChunk(head, chunk)
    if (head !== undefined && outcome.outcome === 'stored') {
      insertChunk(statements, head, chunk)
      changed.add(head)
    }
    return outcome
  })
  for (const head of changed) statements.advance.run(head.nextSeq, head.rows, head.rawBytes, head.firstRowAt, head.key)
  return outcomes
}

function insertChunk({ insert }: Statements, head: RunHead, chunk: ChunkInput): void {
  const { seq, firstRow, rows, rawBytes, body, sha256, receivedAt } = chunk
  insert.run(chunkKey(head, seq), firstRow, rows, rawBytes, body.byteLength, sha256, receivedAt, body)
}

function readHead(statements: Statements, runId: string): RunHead | undefined {
  const row = statements.head.get(runId)
  if (row === undefined) return undefined
  const open: readonly string[] = OPEN_RUN_STATES
  return {
    key: Number(row.id),
    deviceId: String(row.device),
    open: open.includes(String(row.state)),
    nextSeq: Number(row.next_seq),
    rows: Number(row.rows),
    rawBytes: Number(row.raw_bytes),
    firstRowAt: row.first_row_at === null ? null : String(row.first_row_at),
  }
}
