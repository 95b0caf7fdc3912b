import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ChunkInput, ChunkOutcome } from '../entities.ts'
import { chunkKey, planChunk } from '../sql/plan-chunks.ts'
import type { RunHead } from '../sql/plan-chunks.ts'
import { OPEN_RUN_STATES } from '../sql/runs.ts'
import type { Tables } from '../sql/tables.ts'

interface Accepted {
  readonly id: number
  readonly chunk: ChunkInput
}

/** Stores chunks of many runs: the runs' rows are locked in order of their keys, then one insert and one update. */
export async function appendChunks(db: Kysely<Tables>, chunks: readonly ChunkInput[]): Promise<ChunkOutcome[]> {
  const heads = await lockHeads(db, [...new Set(chunks.map(({ runId }) => runId))])
  const accepted: Accepted[] = []
  const changed = new Set<RunHead>()
  const outcomes = chunks.map((chunk) => {
    const head = heads.get(chunk.runId)
    const outcome = planChunk(head, chunk)
    if (head !== undefined && outcome.outcome === 'stored') {
      accepted.push({ id: chunkKey(head, chunk.seq), chunk })
      changed.add(head)
    }
    return outcome
  })
  if (accepted.length > 0) {
    await insertChunks(db, accepted)
    await advanceHeads(db, [...changed])
  }
  return outcomes
}

async function lockHeads(db: Kysely<Tables>, runIds: readonly string[]): Promise<ReadonlyMap<string, RunHead>> {
  if (runIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('runs')
    .innerJoin('devices', 'devices.id', 'runs.device_id')
    .select(['runs.id', 'runs.public_id', 'runs.state', 'next_seq', 'rows', 'raw_bytes', 'first_row_at', 'devices.public_id as device'])
    .where('runs.public_id', 'in', runIds)
    .orderBy('runs.id')
    .forNoKeyUpdate('runs')
    .execute()
  const open: readonly string[] = OPEN_RUN_STATES
  return new Map(
    rows.map((row) => [
      row.public_id,
      {
        key: row.id,
        deviceId: row.device,
        open: open.includes(row.state),
        nextSeq: row.next_seq,
        rows: row.rows,
        rawBytes: row.raw_bytes,
        firstRowAt: row.first_row_at,
      },
    ]),
  )
}

async function insertChunks(db: Kysely<Tables>, accepted: readonly Accepted[]): Promise<void> {
  const column = <Value>(pick: (entry: Accepted) => Value): Value[] => accepted.map(pick)
  const bytes = (array: Uint8Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
  await sql`
    insert into chunks (id, first_row, rows, raw_bytes, bytes, sha256, received_at, body)
    select * from unnest(${column((e) => e.id)}::bigint[], ${column((e) => e.chunk.firstRow)}::bigint[], ${column((e) => e.chunk.rows)}::int[],
      ${column((e) => e.chunk.rawBytes)}::int[], ${column((e) => e.chunk.body.byteLength)}::int[],
      ${column((e) => bytes(e.chunk.sha256))}::bytea[], ${column((e) => e.chunk.receivedAt)}::text[], ${column((e) => bytes(e.chunk.body))}::bytea[])`.execute(db)
}

async function advanceHeads(db: Kysely<Tables>, heads: readonly RunHead[]): Promise<void> {
  const column = <Value>(pick: (head: RunHead) => Value): Value[] => heads.map(pick)
  await sql`
    update runs set next_seq = new.next_seq, rows = new.rows, raw_bytes = new.raw_bytes, first_row_at = new.first_row_at
    from unnest(${column((h) => h.key)}::bigint[], ${column((h) => h.nextSeq)}::int[], ${column((h) => h.rows)}::bigint[],
      ${column((h) => h.rawBytes)}::bigint[], ${column((h) => h.firstRowAt)}::text[]) as new (id, next_seq, rows, raw_bytes, first_row_at)
    where runs.id = new.id`.execute(db)
}
