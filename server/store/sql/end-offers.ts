import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { OfferId, TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from '../entities.ts'
import type { Offer, OfferEnd, OfferState } from '../offer-store.ts'
import { appendLog } from './log.ts'
import type { SqlContext } from './tables.ts'

/** States of what waits for somebody. */
export const OPEN_OFFERS: readonly OfferState[] = ['offered', 'assigned']

type By = Pick<LogDraft, 'at' | 'actor'>

/** Keeps what is given; the caller has locked the ticket and ended what was open. */
export async function insertOffer({ db }: SqlContext, ticketKey: number, offer: Offer): Promise<void> {
  await db
    .insertInto('offers')
    .values({
      public_id: offer.id,
      ticket_id: ticketKey,
      from_user_id: offer.fromUserId,
      to_user_id: offer.toUserId,
      note: offer.note,
      given_by: JSON.stringify(offer.givenBy),
      given_at: offer.givenAt,
      state: offer.state,
      answered_by: null,
      answered_at: null,
      reason: null,
    })
    .execute()
}

/** @throws AskFirstError CONFLICT when it is not open any more */
export async function acceptOffer({ db }: SqlContext, id: OfferId, { at, actor }: By): Promise<void> {
  const row = await db
    .updateTable('offers')
    .set({ state: 'accepted', answered_at: at, answered_by: JSON.stringify(actor) })
    .where('public_id', '=', id)
    .where('state', '=', 'offered')
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) throw new AskFirstError('CONFLICT', `Offer ${id} is not open any more`)
}

/** Ends what is open of a ticket that goes another way. The log says so of an offer; of an assignment it said all before. */
export async function endOffers(
  context: SqlContext,
  ticketId: TicketId,
  { because, at, actor }: By & { readonly because: OfferEnd },
): Promise<void> {
  const ticket = context.db.selectFrom('tickets').select('id').where('public_id', '=', ticketId)
  const open = await context.db
    .selectFrom('offers')
    .select(['public_id', 'to_user_id', 'state'])
    .where('ticket_id', '=', ticket)
    .where('state', 'in', OPEN_OFFERS)
    .execute()
  for (const { public_id: offerId, to_user_id: toUserId, state } of open) {
    await context.db
      .updateTable('offers')
      .set({ state: 'withdrawn', answered_at: at, answered_by: JSON.stringify(actor) })
      .where('public_id', '=', offerId)
      .execute()
    const body = { offerId, toUserId, because }
    if (state === 'offered') await appendLog(context, { ticketId, at, actor, kind: 'offer.withdrawn', body })
  }
}
