import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AskId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import type { Selectable } from 'kysely'
import type { AskAnswer, OpenAsks, StoredAsk } from '../ask-entities.ts'
import type { AskStore } from '../ask-store.ts'
import type { LogDraft } from '../entities.ts'
import { appendLog } from './log.ts'
import type { SqlContext, Tables } from './tables.ts'
import { ticketKey } from './tickets.ts'

/** Questions of the desk in SQL. */
export function askStore(context: SqlContext): AskStore {
  return {
    create: (ask, bounds, log) => createAsk(context, { ask, bounds, log }),
    get: (id) => getAsk(context, id),
    listForTicket: async (ticketId) => {
      const query = selectAsks(context).where('tickets.public_id', '=', ticketId).orderBy('asks.id')
      return (await query.execute()).map(toAsk)
    },
    openIn: (ticketIds, now) => openIn(context, ticketIds, now),
    withdraw: (id, at, log) => withdrawAsk(context, { id, at, log }),
  }
}

function selectAsks({ db }: SqlContext) {
  return db
    .selectFrom('asks')
    .innerJoin('tickets', 'tickets.id', 'asks.ticket_id')
    .selectAll('asks')
    .select('tickets.public_id as ticket_public_id')
}

/** The entry comes first: it locks the ticket, so that no other question slips past the bound beside this one. */
async function createAsk(
  context: SqlContext,
  { ask, bounds, log }: { ask: StoredAsk; bounds: Parameters<AskStore['create']>[1]; log: LogDraft },
): Promise<void> {
  await appendLog(context, log)
  const key = await ticketKey(context, ask.ticketId)
  const { count } = await context.db
    .selectFrom('asks')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('ticket_id', '=', key)
    .where('state', '=', 'open')
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', bounds.now)]))
    .executeTakeFirstOrThrow()
  if (Number(count) >= bounds.mostOpen)
    throw new AskFirstError('CONFLICT', `${count} questions of ticket ${ask.ticketId} stand open already.`)
  await context.db
    .insertInto('asks')
    .values({
      public_id: ask.id,
      ticket_id: key,
      ask: canonicalJson(ask.ask),
      ask_sha256: ask.askSha256,
      until: ask.ask.until ?? null,
      asked_by: ask.askedBy,
      state: 'open',
      ...{ ended_at: null, statement_id: null, choice: null, answer_text: null, os_user: null },
    })
    .execute()
}

async function getAsk(context: SqlContext, id: AskId): Promise<StoredAsk | null> {
  const row = await selectAsks(context).where('asks.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toAsk(row)
}

async function openIn(context: SqlContext, ticketIds: readonly TicketId[], now: string): Promise<readonly OpenAsks[]> {
  if (ticketIds.length === 0) return []
  const rows = await selectAsks(context)
    .where('tickets.public_id', 'in', [...ticketIds])
    .orderBy('asks.id')
    .execute()
  const open = new Map<string, TicketAsk[]>()
  for (const row of rows) {
    const asks = open.get(row.ticket_public_id) ?? []
    open.set(row.ticket_public_id, asks)
    if (row.state === 'open' && (row.until === null || row.until > now)) asks.push(toAsk(row).ask)
  }
  // Ids were written from a typed record.
  return [...open].map(([ticketId, asks]) => ({ ticketId: ticketId as TicketId, asks }))
}

async function withdrawAsk(
  context: SqlContext,
  { id, at, log }: { id: AskId; at: string; log: LogDraft },
): Promise<StoredAsk | null> {
  const result = await context.db
    .updateTable('asks')
    .set({ state: 'withdrawn', ended_at: at })
    .where('public_id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return null
  await appendLog(context, log)
  return await getAsk(context, id)
}

/**
 * Keeps the answer to a question in the transaction of whatever gives it.
 *
 * @throws AskFirstError ASK_CLOSED when it was answered or taken back before, or its time is over at the instant `at`
 */
export async function answerAsk(
  context: SqlContext,
  answer: AskAnswer & { readonly askId: AskId; readonly at: string },
): Promise<void> {
  const { askId, at, statementId, choice, text, osUser } = answer
  const result = await context.db
    .updateTable('asks')
    .set({ state: 'answered', ended_at: at, statement_id: statementId, choice, answer_text: text, os_user: osUser })
    .where('public_id', '=', askId)
    .where('state', '=', 'open')
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', at)]))
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) throw new AskFirstError('ASK_CLOSED', `The question ${askId} takes no answer.`)
}

function toAsk(row: Selectable<Tables['asks']> & { readonly ticket_public_id: string }): StoredAsk {
  return {
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as AskId,
    ticketId: row.ticket_public_id as TicketId,
    ask: JSON.parse(row.ask) as TicketAsk,
    askSha256: row.ask_sha256,
    askedBy: row.asked_by,
    state: row.state as StoredAsk['state'],
    endedAt: row.ended_at,
    answer: answerOf(row),
  }
}

function answerOf(row: Selectable<Tables['asks']>): AskAnswer | null {
  if (row.choice === null) return null
  return {
    statementId: row.statement_id as StatementId | null,
    choice: row.choice,
    text: row.answer_text,
    osUser: row.os_user ?? '',
  }
}
