import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { LogDraft } from '../entities.ts'
import { isMessage, MESSAGE_KINDS } from '../message-entries.ts'
import type { LogStore } from '../store.ts'
import { insertMails } from './mail-rows.ts'
import { boundedLimit } from './page.ts'
import { EMPTY_HEAD, sealLogEntry } from './seal.ts'
import type { SqlContext, Tables } from './tables.ts'

/** Most log entries that one call reads. */
const MAX_ENTRIES = 1_000

/**
 * Seals a draft and appends it in the caller's transaction. The ticket's row is the lock that keeps the chain in order;
 * it does not lock the key, which inserts of runs and requests hold shared.
 *
 * @throws AskFirstError NOT_FOUND when there is no such ticket
 */
export async function appendLog(context: SqlContext, draft: LogDraft): Promise<LogEntry> {
  const { db, flavour } = context
  const ticket = await db
    .selectFrom('tickets')
    .select(['id', 'log_size', 'log_head'])
    .where('public_id', '=', draft.ticketId)
    .$if(flavour.rowLocks, (query) => query.forNoKeyUpdate())
    .executeTakeFirst()
  if (ticket === undefined) throw new AskFirstError('NOT_FOUND', `There is no ticket ${draft.ticketId} to log for`)
  const entry = sealLogEntry(draft, { size: ticket.log_size, headHash: ticket.log_head })
  await db
    .insertInto('log_entries')
    .values({
      ticket_id: ticket.id,
      seq: entry.seq,
      at: entry.at,
      actor: canonicalJson(entry.actor),
      kind: entry.kind,
      body: canonicalJson(entry.body),
      previous_hash: entry.previousHash,
      hash: entry.hash,
    })
    .execute()
  await db
    .updateTable('tickets')
    .set({ log_size: entry.seq, log_head: entry.hash, ...(isMessage(draft) ? { last_message: entry.seq } : {}) })
    .where('id', '=', ticket.id)
    .execute()
  await insertMails(context, ticket.id, draft.mails ?? [])
  return entry
}

/** The findings logs in SQL. */
export function logStore(context: SqlContext): LogStore {
  return {
    append: (draft) => appendLog(context, draft),
    read: (ticketId, afterSeq, limit) => readLog(context, { ticketId, afterSeq, limit }),
    conversation: (ticketId, afterSeq, limit) => readLog(context, { ticketId, afterSeq, limit, kinds: MESSAGE_KINDS }),
    head: (ticketId) => logHead(context, ticketId),
  }
}

/** All entries of a ticket, by its key. */
export async function wholeLog({ db }: SqlContext, ticket: number): Promise<readonly LogEntry[]> {
  const rows = await db
    .selectFrom('log_entries')
    .innerJoin('tickets', 'tickets.id', 'log_entries.ticket_id')
    .selectAll('log_entries')
    .select('tickets.public_id')
    .where('tickets.id', '=', ticket)
    .orderBy('seq')
    .execute()
  // Every ticket's public id was made as one.
  return rows.map((row) => toEntry(row.public_id as TicketId, row))
}

async function readLog(
  { db }: SqlContext,
  range: { ticketId: TicketId; afterSeq: number; limit: number; kinds?: readonly string[] },
): Promise<LogEntry[]> {
  const rows = await db
    .selectFrom('log_entries')
    .innerJoin('tickets', 'tickets.id', 'log_entries.ticket_id')
    .selectAll('log_entries')
    .where('tickets.public_id', '=', range.ticketId)
    .where('seq', '>', range.afterSeq)
    .$if(range.kinds !== undefined, (query) => query.where('kind', 'in', range.kinds ?? []))
    .orderBy('seq')
    .limit(boundedLimit(range.limit, MAX_ENTRIES))
    .execute()
  return rows.map((row) => toEntry(range.ticketId, row))
}

/** A row as an entry. */
export function toEntry(ticketId: TicketId, row: Selectable<Tables['log_entries']>): LogEntry {
  return {
    ticketId,
    seq: row.seq,
    at: row.at,
    actor: JSON.parse(row.actor),
    // Written by `appendLog` from a typed draft.
    kind: row.kind as LogEntry['kind'],
    body: JSON.parse(row.body),
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}

/** @see LogStore.head */
export async function logHead({ db }: SqlContext, ticketId: TicketId) {
  const ticket = await db
    .selectFrom('tickets')
    .select(['log_size', 'log_head'])
    .where('public_id', '=', ticketId)
    .executeTakeFirst()
  return ticket === undefined ? EMPTY_HEAD : { size: ticket.log_size, headHash: ticket.log_head }
}
