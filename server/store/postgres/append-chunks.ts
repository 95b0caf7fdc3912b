import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ChunkInput, ChunkOutcome } from '../entities.ts'
import { OPEN_RUN_STATES } from '../sql/open-states.ts'
import type { RunHead } from '../sql/plan-chunks.ts'
import { chunkKey, planChunk } from '../sql/plan-chunks.ts'
import type { Tables } from '../sql/tables.ts'

/** A statement may have 65,535 parameters; this is far below and long enough. */
const CHUNKS_PER_INSERT = 500

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
    .select([
      'runs.id',
      'runs.public_id',
      'runs.state',
      'next_seq',
      'rows',
      'raw_bytes',
      'first_row_at',
      'devices.public_id as device',
    ])
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

/** Each body is a parameter of its own, which the driver sends as it is; in an array it would travel as hexadecimal text. */
async function insertChunks(db: Kysely<Tables>, accepted: readonly Accepted[]): Promise<void> {
  for (let from = 0; from < accepted.length; from += CHUNKS_PER_INSERT) {
    const values = accepted.slice(from, from + CHUNKS_PER_INSERT).map(({ id, chunk }) => ({
      id,
      first_row: chunk.firstRow,
      rows: chunk.rows,
      raw_bytes: chunk.rawBytes,
      bytes: chunk.body.byteLength,
      sha256: chunk.sha256,
      received_at: chunk.receivedAt,
      body: chunk.body,
    }))
    await db.insertInto('chunks').values(values).execute()
  }
}

async function advanceHeads(db: Kysely<Tables>, heads: readonly RunHead[]): Promise<void> {
  const column = <Value>(pick: (head: RunHead) => Value): Value[] => heads.map(pick)
  await sql`
    update runs set next_seq = new.next_seq, rows = new.rows, raw_bytes = new.raw_bytes, first_row_at = new.first_row_at
    from unnest(${column((h) => h.key)}::bigint[], ${column((h) => h.nextSeq)}::int[], ${column((h) => h.rows)}::bigint[],
      ${column((h) => h.rawBytes)}::bigint[], ${column((h) => h.firstRowAt)}::text[]) as new (id, next_seq, rows, raw_bytes, first_row_at)
    where runs.id = new.id`.execute(db)
}
