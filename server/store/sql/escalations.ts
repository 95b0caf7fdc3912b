import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { EscalationId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { Escalation, EscalationState } from '../clock-entities.ts'
import type { EscalationChange, EscalationStore } from '../clock-stores.ts'
import type { LogDraft } from '../entities.ts'
import { answerColumns } from './answer-columns.ts'
import { endOffers } from './end-offers.ts'
import { endTimer } from './end-timer.ts'
import { appendLog } from './log.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext, Tables } from './tables.ts'
import { changeTicket, ticketKey } from './tickets.ts'

type Asking = Parameters<EscalationStore['ask']>[0]
type Row = Selectable<Tables['escalations']> & { readonly ticket: string }

/** Escalations in SQL. */
export function escalationStore(context: SqlContext): EscalationStore {
  return {
    get: (id) => getEscalation(context, id),
    listForTicket: async (ticketId) => {
      const query = select(context).where('tickets.public_id', '=', ticketId).orderBy('escalations.id', 'desc')
      return (await query.execute()).map(toEscalation)
    },
    waiting: async (limit) => {
      const rows = await select(context)
        .select(['tickets.number', 'tickets.title', 'tickets.priority'])
        .where('escalations.state', '=', 'asked')
        .where('tickets.state', 'not in', ['resolved', 'closed'])
        .orderBy('escalations.id')
        .limit(boundedLimit(limit))
        .execute()
      return rows.map((row) => {
        const { number, title, priority } = row
        return { ...toEscalation(row), ticket: { number, title, priority } }
      })
    },
    ask: (input) => ask(context, input),
    answer: (id, answer, change, log) => answerEscalation(context, { id, answer, change, log }),
  }
}

function select({ db }: SqlContext) {
  return db
    .selectFrom('escalations')
    .innerJoin('tickets', 'tickets.id', 'escalations.ticket_id')
    .selectAll('escalations')
    .select('tickets.public_id as ticket')
}

async function getEscalation(context: SqlContext, id: EscalationId): Promise<Escalation | null> {
  const row = await select(context).where('escalations.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toEscalation(row)
}

async function ask(context: SqlContext, { escalation, change, log, fires }: Asking) {
  if (fires !== undefined && !(await endTimer(context, fires, fires.at))) return null
  await changeOf(context, escalation.ticketId, change)
  const { ticketId, askedBy, ...rest } = escalation
  await endOffers(context, ticketId, { because: 'escalated', at: rest.askedAt, actor: askedBy })
  const ticket_id = await ticketKey(context, ticketId)
  await context.db
    .insertInto('escalations')
    .values({
      public_id: rest.id,
      ticket_id,
      from_level: rest.fromLevel,
      to_level: rest.toLevel,
      criterion: rest.criterion,
      summary: rest.summary,
      from_user_id: rest.fromUserId,
      to_user_id: rest.toUserId,
      asked_by: JSON.stringify(askedBy),
      asked_at: rest.askedAt,
      ...answerColumns(escalation),
    })
    .execute()
  const entries = []
  for (const draft of log) entries.push(await appendLog(context, draft))
  return entries
}

async function answerEscalation(
  context: SqlContext,
  input: {
    id: EscalationId
    answer: Parameters<EscalationStore['answer']>[1]
    change: EscalationChange
    log: LogDraft
  },
): Promise<Escalation | null> {
  const { id, answer, change, log } = input
  const row = await context.db
    .updateTable('escalations')
    .set(answerColumns(answer))
    .where('public_id', '=', id)
    .where('state', '=', 'asked')
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return null
  await changeOf(context, log.ticketId, change)
  await appendLog(context, log)
  return getEscalation(context, id)
}

async function changeOf(context: SqlContext, id: TicketId, { version, columns, log }: EscalationChange): Promise<void> {
  if ((await changeTicket(context, { id, version, change: columns, log })) === null)
    throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}`)
}

function toEscalation(row: Row): Escalation {
  return {
    // Ids and states were written by `ask` from a typed escalation.
    id: row.public_id as EscalationId,
    ticketId: row.ticket as TicketId,
    fromLevel: row.from_level,
    toLevel: row.to_level,
    criterion: row.criterion,
    summary: row.summary,
    fromUserId: row.from_user_id as UserId | null,
    toUserId: row.to_user_id as UserId | null,
    askedBy: JSON.parse(row.asked_by),
    askedAt: row.asked_at,
    state: row.state as EscalationState,
    answeredBy: row.answered_by === null ? null : JSON.parse(row.answered_by),
    answeredAt: row.answered_at,
    reason: row.reason,
  }
}
