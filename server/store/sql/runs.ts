import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { ChunkDigest, LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { LogDraft, Run, RunState, StoredChunk } from '../entities.ts'
import type { RunStore } from '../store.ts'
import { appendAudit } from './audit.ts'
import { deviceKey } from './devices.ts'
import { appendLog } from './log.ts'
import { OPEN_RUN_STATES } from './open-states.ts'
import { boundedLimit } from './page.ts'
import { readRows } from './read-rows.ts'
import { indexRows, runsToIndex } from './row-index.ts'
import { countRows, orderRows, readRowsAt, timesOfRows } from './row-order.ts'
import { insertRun, selectRuns, toRun } from './run-rows.ts'
import type { SqlContext } from './tables.ts'
import { CHUNKS_PER_RUN } from './tables.ts'
import { ticketKey } from './tickets.ts'

type Advance = Parameters<RunStore['advance']>[1]
type RunEnd = Parameters<RunStore['end']>[1]
type Withholding = Parameters<RunStore['withhold']>[1]

const MAX_LISTED = 1_000
/** Most chunks of one answer: 64 of them are at most 16 MiB. */
const MAX_CHUNKS_READ = 64

/** Runs, their chunks and their rows in SQL. */
export function runStore(context: SqlContext): RunStore {
  return {
    create: (run, log) => createRun(context, run, log),
    get: (id) => getRun(context, id),
    listForTicket: async (ticketId) => {
      const query = selectRuns(context).where('tickets.public_id', '=', ticketId).orderBy('runs.id')
      return (await query.limit(MAX_LISTED).execute()).map(toRun)
    },
    openForDevice: async (deviceId) => {
      const query = selectRuns(context)
        .where('devices.public_id', '=', deviceId)
        .where('runs.state', 'in', OPEN_RUN_STATES)
      return (await query.orderBy('runs.id').limit(MAX_LISTED).execute()).map(toRun)
    },
    openSince: (before, after, limit) => openSince(context, { before, after, limit }),
    advance: (id, change, log) => advanceRun(context, { id, change, log }),
    appendChunks: (chunks) => context.flavour.appendChunks(context.db, chunks),
    chunks: (id, fromSeq, limit) => readChunks(context, { id, fromSeq, limit }),
    chunkDigests: (id) => chunkDigests(context, id),
    end: (id, input) => endRun(context, id, input),
    figures: () => figures(context),
    withhold: (id, input) => withhold(context, id, input),
    indexRows: (id, blocks) => indexRows(context, id, blocks),
    toIndex: (limit) => runsToIndex(context, limit),
    rows: (id, filter, after, limit) => readRows(context, { id, filter, after, limit }),
    rowOrder: (id, order) => orderRows(context, id, order),
    rowsAt: (id, positions) => readRowsAt(context, id, positions),
    rowFacets: (id, filter, most) => countRows(context, { id, filter, most }),
    rowTimes: (id, filter, length) => timesOfRows(context, { id, filter, length }),
  }
}

async function createRun(context: SqlContext, run: Run, log: LogDraft): Promise<LogEntry> {
  const keys = { ticket: await ticketKey(context, run.ticketId), device: await deviceKey(context, run.deviceId) }
  await insertRun(context, run, keys)
  const entry = await appendLog(context, log)
  await refuseEndedGrant(context, run)
  return entry
}

/** Looked at with the ticket's row locked, so that no run begins under a grant that ends at the same moment. */
async function refuseEndedGrant({ db }: SqlContext, { id, grantId }: Run): Promise<void> {
  const grant = await db
    .selectFrom('consent_requests')
    .select('grant_ended_at')
    .where('grant_id', '=', grantId)
    .where('grant_ended_at', 'is not', null)
    .executeTakeFirst()
  if (grant === undefined) return
  throw new AskFirstError('GRANT_WITHDRAWN', `The grant of run ${id} ended at ${grant.grant_ended_at}.`)
}

async function getRun(context: SqlContext, id: RunId): Promise<Run | null> {
  const row = await selectRuns(context).where('runs.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toRun(row)
}

const BEFORE = { accepted: ['ordered'], review: ['accepted'], refused: ['ordered'] } as const satisfies Record<
  string,
  readonly RunState[]
>

async function advanceRun(
  context: SqlContext,
  input: { id: RunId; change: Advance; log: LogDraft | null },
): Promise<Run | null> {
  const { state, code, at } = input.change
  const result = await context.db
    .updateTable('runs')
    .set({
      state,
      ...(state === 'accepted' ? { accepted_at: at } : {}),
      ...(state === 'refused' ? { refused_code: code, ended_at: at } : {}),
    })
    .where('public_id', '=', input.id)
    .where('state', 'in', BEFORE[state])
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return null
  if (input.log !== null) await appendLog(context, input.log)
  return await getRun(context, input.id)
}

async function endRun(context: SqlContext, id: RunId, input: RunEnd): Promise<Run | null> {
  const result = await context.db
    .updateTable('runs')
    .set({ state: input.completeness.state, completeness: JSON.stringify(input.completeness), ended_at: input.at })
    .where('public_id', '=', id)
    .where('state', 'in', OPEN_RUN_STATES)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return null
  const chunks = await chunkDigests(context, id)
  await appendLog(context, { ...input.log, body: { ...input.log.body, chunks } })
  return await getRun(context, id)
}

async function openSince(
  context: SqlContext,
  page: { before: string; after: RunId | null; limit: number },
): Promise<Run[]> {
  const after = page.after === null ? 0 : ((await runKey(context, page.after)) ?? 0)
  const query = selectRuns(context)
    .where('runs.ended_at', 'is', null)
    .where('runs.ordered_at', '<', page.before)
    .where('runs.id', '>', after)
  return (await query.orderBy('runs.id').limit(boundedLimit(page.limit, MAX_LISTED)).execute()).map(toRun)
}

async function figures({ db }: SqlContext): Promise<{ open: number; rowsToIndex: number }> {
  const { open } = await db
    .selectFrom('runs')
    .select(({ fn }) => fn.countAll().as('open'))
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  const behind = await db
    .selectFrom('runs')
    .select(['rows', 'indexed_rows'])
    .whereRef('indexed_rows', '<', 'rows')
    .where('withheld', 'is', null)
    .execute()
  return { open: Number(open), rowsToIndex: behind.reduce((sum, run) => sum + run.rows - run.indexed_rows, 0) }
}

async function withhold(context: SqlContext, id: RunId, input: Withholding): Promise<boolean> {
  const result = await context.db
    .updateTable('runs')
    .set({ withheld: input.reason })
    .where('public_id', '=', id)
    .where('withheld', 'is', null)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return false
  await appendLog(context, input.log)
  await appendAudit(context, input.audit)
  return true
}

async function runKey({ db }: SqlContext, id: RunId): Promise<number | null> {
  return (await db.selectFrom('runs').select('id').where('public_id', '=', id).executeTakeFirst())?.id ?? null
}

async function readChunks(
  context: SqlContext,
  range: { id: RunId; fromSeq: number; limit: number },
): Promise<StoredChunk[]> {
  const key = await runKey(context, range.id)
  if (key === null) return []
  const rows = await context.db
    .selectFrom('chunks')
    .select(['id', 'first_row', 'rows', 'raw_bytes', 'sha256', 'body'])
    .where('id', '>=', key * CHUNKS_PER_RUN + range.fromSeq)
    .where('id', '<', (key + 1) * CHUNKS_PER_RUN)
    .orderBy('id')
    .limit(boundedLimit(range.limit, MAX_CHUNKS_READ))
    .execute()
  return rows.map((row) => ({
    runId: range.id,
    seq: row.id % CHUNKS_PER_RUN,
    firstRow: row.first_row,
    rows: row.rows,
    rawBytes: row.raw_bytes,
    sha256: row.sha256,
    body: row.body,
  }))
}

async function chunkDigests(context: SqlContext, id: RunId): Promise<ChunkDigest[]> {
  const key = await runKey(context, id)
  if (key === null) return []
  const rows = await context.db
    .selectFrom('chunks')
    .select(['id', 'rows', 'raw_bytes', 'bytes', 'sha256'])
    .where('id', '>=', key * CHUNKS_PER_RUN)
    .where('id', '<', (key + 1) * CHUNKS_PER_RUN)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    seq: row.id % CHUNKS_PER_RUN,
    sha256: Buffer.from(row.sha256).toString('hex'),
    rows: row.rows,
    rawBytes: row.raw_bytes,
    bytes: row.bytes,
  }))
}
