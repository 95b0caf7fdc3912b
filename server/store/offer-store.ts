import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { OfferId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from './entities.ts'

/**
 * How a ticket stands that is given to somebody. `offered` waits for their answer; `assigned` was given by a lead without
 * asking and waits until they have seen it. `withdrawn`: it was taken back, or the ticket went another way.
 */
export const OFFER_STATES = ['offered', 'accepted', 'declined', 'withdrawn', 'assigned', 'seen'] as const
export type OfferState = (typeof OFFER_STATES)[number]

/** Why an offer ended without an answer. */
export type OfferEnd = 'withdrawn' | 'replaced' | 'escalated' | 'owner-changed' | 'over'

/** A ticket that somebody gives to somebody else (SPEC T61). */
export interface Offer {
  readonly id: OfferId
  readonly ticketId: TicketId
  /** Who had the ticket; null: nobody. */
  readonly fromUserId: UserId | null
  readonly toUserId: UserId
  /** What the giver says with it; of an assignment, why. */
  readonly note: string
  readonly givenBy: Actor
  readonly givenAt: string
  readonly state: OfferState
  readonly answeredBy: Actor | null
  readonly answeredAt: string | null
  /** Why it was declined. */
  readonly reason: string | null
}

/** An offer with what a list says about its ticket. */
export interface ListedOffer extends Offer {
  readonly ticket: {
    readonly number: number
    readonly title: string
    readonly priority: number
    readonly level: number
  }
}

/** Tickets that are given to somebody. They are accepted, and end, by changes of their tickets (`TicketStore.change`). */
export interface OfferStore {
  get(id: OfferId): Promise<Offer | null>
  /** Newest first. */
  listForTicket(ticketId: TicketId): Promise<readonly Offer[]>
  /** What waits for somebody on tickets that are not over, the longest first. */
  waitingFor(userId: UserId, limit: number): Promise<readonly ListedOffer[]>
  /** Offers that nobody has answered on tickets that are not over, the longest first. */
  unanswered(limit: number): Promise<readonly ListedOffer[]>
  /**
   * Offers a ticket; one that was open before ends.
   *
   * @throws AskFirstError NOT_FOUND; CONFLICT when the ticket is not at that version any more
   */
  make(offer: Offer, version: number, log: LogDraft): Promise<void>
  /** Ends one that is open in the state `from` without a change of its ticket; null when it is not any more (first wins). */
  answer(
    id: OfferId,
    from: 'offered' | 'assigned',
    input: {
      readonly answer: Pick<Offer, 'state' | 'answeredBy' | 'answeredAt' | 'reason'>
      readonly log: LogDraft | null
    },
  ): Promise<Offer | null>
}
