import type { TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from '../entities.ts'
import type { AgedOut, LegalHold, RetentionStanding, RetentionStore } from '../retention-store.ts'
import { appendLog } from './log.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'
import { CHUNKS_PER_RUN, ROWS_PER_RUN } from './tables.ts'
import { ticketKey } from './tickets.ts'

/** What a run says whose rows are gone; pages show it in their place. */
const GONE = 'Its rows were deleted because the ticket was closed longer ago than rows are kept.'

/** How long collected data stays, in SQL. */
export function retentionStore(context: SqlContext): RetentionStore {
  return {
    standing: (ticketId) => standing(context, ticketId),
    due: async (closedBefore, limit) => {
      const rows = await selectDue(context, closedBefore)
        .select('tickets.public_id')
        .orderBy('tickets.updated_at')
        .orderBy('tickets.id')
        .limit(boundedLimit(limit))
        .execute()
      // Written from a typed record.
      return rows.map(({ public_id }) => public_id as TicketId)
    },
    hold: (ticketId, hold, log) => setHold(context, ticketId, { hold, log }),
    release: (ticketId, log) => setHold(context, ticketId, { hold: null, log }),
    ageOut: (ticketId, closedBefore, log) => ageOut(context, ticketId, { closedBefore, log }),
  }
}

/** Whoever opens a ticket again and closes it anew begins its time anew. */
function selectDue({ db }: SqlContext, closedBefore: string) {
  return db
    .selectFrom('tickets')
    .leftJoin('ticket_retention', 'ticket_retention.ticket_id', 'tickets.id')
    .where('tickets.state', '=', 'closed')
    .where('tickets.updated_at', '<', closedBefore)
    .where('ticket_retention.hold_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('ticket_retention.aged_out_at', 'is', null),
        eb('ticket_retention.aged_out_at', '<', eb.ref('tickets.updated_at')),
      ]),
    )
}

async function standing(context: SqlContext, ticketId: TicketId): Promise<RetentionStanding> {
  const key = await ticketKey(context, ticketId)
  const row = await context.db
    .selectFrom('ticket_retention')
    .selectAll()
    .where('ticket_id', '=', key)
    .executeTakeFirst()
  if (row === undefined) return { hold: null, agedOutAt: null }
  const { hold_reason: reason, hold_by: id, hold_by_name: name, hold_at: at } = row
  const isHeld = reason !== null && id !== null && name !== null && at !== null
  // Written from a typed record.
  return { hold: isHeld ? { reason, by: { id: id as UserId, name }, at } : null, agedOutAt: row.aged_out_at }
}

async function setHold(
  context: SqlContext,
  ticketId: TicketId,
  { hold, log }: { hold: LegalHold | null; log: LogDraft },
): Promise<boolean> {
  const key = await retentionRow(context, ticketId)
  const result = await context.db
    .updateTable('ticket_retention')
    .set({
      hold_reason: hold?.reason ?? null,
      hold_by: hold?.by.id ?? null,
      hold_by_name: hold?.by.name ?? null,
      hold_at: hold?.at ?? null,
    })
    .where('ticket_id', '=', key)
    .where('hold_at', hold === null ? 'is not' : 'is', null)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return false
  await appendLog(context, log)
  return true
}

/** The key of a ticket, which has a row of its own from now on. */
async function retentionRow(context: SqlContext, ticketId: TicketId): Promise<number> {
  const key = await ticketKey(context, ticketId)
  const empty = { hold_reason: null, hold_by: null, hold_by_name: null, hold_at: null, aged_out_at: null }
  await context.db
    .insertInto('ticket_retention')
    .values({ ticket_id: key, ...empty })
    .onConflict((conflict) => conflict.column('ticket_id').doNothing())
    .execute()
  return key
}

async function ageOut(
  context: SqlContext,
  ticketId: TicketId,
  { closedBefore, log }: { closedBefore: string; log: LogDraft },
): Promise<AgedOut | null> {
  const key = await retentionRow(context, ticketId)
  const isDue = selectDue(context, closedBefore).select('tickets.id').where('tickets.id', '=', key)
  // The row is the lock: a hold that comes at the same time waits, or is seen here.
  const claimed = await context.db
    .updateTable('ticket_retention')
    .set({ aged_out_at: log.at })
    .where('ticket_id', '=', key)
    .where('hold_at', 'is', null)
    .where('ticket_id', 'in', isDue)
    .executeTakeFirst()
  if (claimed.numUpdatedRows === 0n) return null
  const runs = await deleteRows(context, key)
  const files = await deleteFiles(context, key)
  const gone: AgedOut = {
    runs: runs.ids.length,
    chunks: runs.chunks,
    rows: runs.rows,
    files: files.ids.length,
    bytes: runs.bytes + files.bytes,
  }
  const counts = { chunks: gone.chunks, rows: gone.rows, bytes: gone.bytes }
  await appendLog(context, { ...log, body: { ...log.body, runs: runs.ids, files: files.ids, ...counts } })
  return gone
}

async function deleteRows(context: SqlContext, ticket: number) {
  const { db } = context
  const runs = await db
    .selectFrom('runs')
    .select(['id', 'public_id', 'rows'])
    .where('ticket_id', '=', ticket)
    .where('ended_at', 'is not', null)
    .orderBy('id')
    .execute()
  const gone = { ids: [] as string[], chunks: 0, rows: 0, bytes: 0 }
  for (const run of runs) {
    const stored = await storedChunks(context, run.id)
    if (stored.chunks === 0) continue
    await deleteKeys(context, 'row_blocks', { from: run.id * ROWS_PER_RUN, to: (run.id + 1) * ROWS_PER_RUN })
    await deleteKeys(context, 'chunks', { from: run.id * CHUNKS_PER_RUN, to: (run.id + 1) * CHUNKS_PER_RUN })
    await db
      .updateTable('runs')
      .set((eb) => ({ indexed_rows: eb.ref('rows'), withheld: eb.fn.coalesce('withheld', eb.val(GONE)) }))
      .where('id', '=', run.id)
      .execute()
    gone.ids.push(run.public_id)
    gone.chunks += stored.chunks
    gone.rows += Number(run.rows)
    gone.bytes += stored.bytes
  }
  return gone
}

async function deleteKeys(
  { db }: SqlContext,
  table: 'chunks' | 'row_blocks',
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  await db.deleteFrom(table).where('id', '>=', from).where('id', '<', to).execute()
}

async function storedChunks({ db }: SqlContext, run: number) {
  const row = await db
    .selectFrom('chunks')
    .select((eb) => [eb.fn.countAll().as('chunks'), eb.fn.sum('bytes').as('bytes')])
    .where('id', '>=', run * CHUNKS_PER_RUN)
    .where('id', '<', (run + 1) * CHUNKS_PER_RUN)
    .executeTakeFirst()
  return { chunks: Number(row?.chunks ?? 0), bytes: Number(row?.bytes ?? 0) }
}

/** Files that have not come whole go as well: nobody waits for them any more. */
async function deleteFiles({ db }: SqlContext, ticket: number) {
  const files = await db
    .selectFrom('attachments')
    .innerJoin('statements', 'statements.id', 'attachments.statement_id')
    .select(['attachments.id', 'attachments.public_id', 'attachments.received'])
    .where('statements.ticket_id', '=', ticket)
    .where('attachments.state', 'in', ['complete', 'wanted'])
    .orderBy('attachments.id')
    .execute()
  const keys = files.map(({ id }) => id)
  if (keys.length > 0) {
    await db.deleteFrom('attachment_pieces').where('attachment_id', 'in', keys).execute()
    await db.updateTable('attachments').set({ state: 'deleted' }).where('id', 'in', keys).execute()
  }
  return {
    ids: files.map(({ public_id }) => public_id),
    bytes: files.reduce((sum, { received }) => sum + received, 0),
  }
}
