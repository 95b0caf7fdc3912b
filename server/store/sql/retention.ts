import type { TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from '../entities.ts'
import type { AgedOut, LegalHold, RetentionStanding, RetentionStore } from '../retention-store.ts'
import { appendLog } from './log.ts'
import { boundedLimit } from './page.ts'
import { deleteFiles, deleteRuns, sizeOf, storedFiles, storedRuns } from './stored-bytes.ts'
import type { SqlContext } from './tables.ts'
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
  if (row === undefined) return { hold: null, agedOutAt: null, erasedAt: null }
  const { hold_reason: reason, hold_by: id, hold_by_name: name, hold_at: at } = row
  const isHeld = reason !== null && id !== null && name !== null && at !== null
  // Written from a typed record.
  return {
    hold: isHeld ? { reason, by: { id: id as UserId, name }, at } : null,
    agedOutAt: row.aged_out_at,
    erasedAt: row.erased_at,
  }
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
export async function retentionRow(context: SqlContext, ticketId: TicketId): Promise<number> {
  const key = await ticketKey(context, ticketId)
  const empty = {
    hold_reason: null,
    hold_by: null,
    hold_by_name: null,
    hold_at: null,
    aged_out_at: null,
    erased_at: null,
  }
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
  const runs = await storedRuns(context, key)
  const files = await storedFiles(context, key)
  await deleteRuns(context, runs, GONE)
  await deleteFiles(context, files)
  const gone: AgedOut = sizeOf(runs, files)
  const counts = { chunks: gone.chunks, rows: gone.rows, bytes: gone.bytes }
  const ids = { runs: runs.map(({ id }) => id), files: files.map(({ id }) => id) }
  await appendLog(context, { ...log, body: { ...log.body, ...ids, ...counts } })
  return gone
}
