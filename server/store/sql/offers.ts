import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { OfferId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { LogDraft } from '../entities.ts'
import type { ListedOffer, Offer, OfferState, OfferStore } from '../offer-store.ts'
import { answerColumns } from './answer-columns.ts'
import { endOffers, insertOffer, OPEN_OFFERS } from './end-offers.ts'
import { appendLog } from './log.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext, Tables } from './tables.ts'
import { lockTickets } from './ticket-links.ts'

type Row = Selectable<Tables['offers']> & { readonly ticket: string }
type Answering = Parameters<OfferStore['answer']>

/** Tickets that are given to somebody, in SQL. */
export function offerStore(context: SqlContext): OfferStore {
  return {
    get: (id) => getOffer(context, id),
    listForTicket: async (ticketId) => {
      const query = select(context).where('tickets.public_id', '=', ticketId).orderBy('offers.id', 'desc')
      return (await query.execute()).map(toOffer)
    },
    waitingFor: (userId, limit) => openOffers(context, { userId, states: OPEN_OFFERS }, limit),
    unanswered: (limit) => openOffers(context, { states: ['offered'] }, limit),
    make: (offer, version, log) => make(context, { offer, version, log }),
    answer: (id, from, input) => answerOffer(context, id, from, input),
  }
}

function select({ db }: SqlContext) {
  return db
    .selectFrom('offers')
    .innerJoin('tickets', 'tickets.id', 'offers.ticket_id')
    .selectAll('offers')
    .select('tickets.public_id as ticket')
}

async function openOffers(
  context: SqlContext,
  { userId, states }: { readonly userId?: UserId; readonly states: readonly OfferState[] },
  limit: number,
): Promise<ListedOffer[]> {
  let query = select(context)
    .select(['tickets.number', 'tickets.title', 'tickets.priority', 'tickets.level'])
    .where('offers.state', 'in', states)
    .where('tickets.state', 'not in', ['resolved', 'closed'])
  if (userId !== undefined) query = query.where('offers.to_user_id', '=', userId)
  const rows = await query.orderBy('offers.id').limit(boundedLimit(limit)).execute()
  return rows.map((row) => {
    const { number, title, priority, level } = row
    return { ...toOffer(row), ticket: { number, title, priority, level } }
  })
}

async function getOffer(context: SqlContext, id: OfferId): Promise<Offer | null> {
  const row = await select(context).where('offers.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toOffer(row)
}

async function make(
  context: SqlContext,
  { offer, version, log }: { readonly offer: Offer; readonly version: number; readonly log: LogDraft },
): Promise<void> {
  // Whoever changes the ticket holds its row as well: an offer is of the ticket as it is, and ends with its next owner.
  await lockTickets(context, [offer.ticketId])
  const ticket = await context.db
    .selectFrom('tickets')
    .select(['id', 'version'])
    .where('public_id', '=', offer.ticketId)
    .executeTakeFirst()
  if (ticket === undefined) throw new AskFirstError('NOT_FOUND', `There is no ticket ${offer.ticketId}`)
  if (ticket.version !== version) {
    throw new AskFirstError('CONFLICT', `Ticket ${offer.ticketId} is not at version ${version} any more`, {
      details: { version: ticket.version },
    })
  }
  await endOffers(context, offer.ticketId, { because: 'replaced', at: offer.givenAt, actor: offer.givenBy })
  await insertOffer(context, ticket.id, offer)
  await appendLog(context, log)
}

async function answerOffer(
  context: SqlContext,
  id: Answering[0],
  from: Answering[1],
  { answer, log }: Answering[2],
): Promise<Offer | null> {
  const before = await getOffer(context, id)
  if (before === null) return null
  // In the order of everybody else, so that no two wait for each other: the ticket first.
  await lockTickets(context, [before.ticketId])
  const row = await context.db
    .updateTable('offers')
    .set(answerColumns(answer))
    .where('public_id', '=', id)
    .where('state', '=', from)
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return null
  if (log !== null) await appendLog(context, log)
  return getOffer(context, id)
}

function toOffer(row: Row): Offer {
  return {
    // Ids and states were written from a typed offer.
    id: row.public_id as OfferId,
    ticketId: row.ticket as TicketId,
    fromUserId: row.from_user_id as UserId | null,
    toUserId: row.to_user_id as UserId,
    note: row.note,
    givenBy: JSON.parse(row.given_by),
    givenAt: row.given_at,
    state: row.state as OfferState,
    answeredBy: row.answered_by === null ? null : JSON.parse(row.answered_by),
    answeredAt: row.answered_at,
    reason: row.reason,
  }
}
