import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { OfferId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { checkTaker, found, invalid, movable } from '../escalations/escalation-records.ts'
import type { ListedEscalation } from '../store/clock-entities.ts'
import type { Ticket } from '../store/entities.ts'
import type { ListedOffer, Offer } from '../store/offer-store.ts'
import type { Store } from '../store/store.ts'
import { announceTicket } from '../tickets/follow-up.ts'
import type { TicketService } from '../tickets/ticket-service.ts'
import { actorOf } from '../users/caller.ts'
import { boundLevel } from '../users/support-level.ts'
import type { By } from './assigning.ts'
import { isLead } from './assigning.ts'

interface OfferDeps {
  readonly store: Pick<Store, 'tickets' | 'users' | 'offers' | 'escalations'>
  readonly clock: Clock
  readonly bus: Bus
  readonly tickets: Pick<TicketService, 'changeAs'>
}

/** What waits for somebody: tickets that they were given, and escalations that they may take over. */
export interface AskedOf {
  readonly offers: readonly ListedOffer[]
  readonly escalations: readonly ListedEscalation[]
}

/** Most that one list has. */
const MOST = 100
/** Escalations of the whole desk that are looked through for those of one person. */
const MOST_ESCALATIONS = 500

export type OfferService = ReturnType<typeof createOfferService>

/** Tickets that one gives to another, who accepts or declines (SPEC T61, T62). */
export function createOfferService(deps: OfferDeps) {
  const { store, clock, bus, tickets } = deps

  return {
    /** Newest first. @throws AskFirstError NOT_FOUND */
    async list(ticketId: TicketId): Promise<readonly Offer[]> {
      await found(store, ticketId)
      return store.offers.listForTicket(ticketId)
    },

    /** What waits for an answer of somebody, the longest first. */
    async askedOf({ user, role }: By): Promise<AskedOf> {
      const [offers, escalations] = await Promise.all([
        store.offers.waitingFor(user.id, MOST),
        store.escalations.waiting(MOST_ESCALATIONS),
      ])
      // Asked of anybody of a level means who is bound to levels; whoever takes any level finds it in the queue.
      const bound = boundLevel({ ...user, role })
      const isOfLevel = (level: number) => bound !== null && bound >= level
      const mine = escalations.filter(({ toUserId, toLevel, fromUserId }) =>
        toUserId === null ? fromUserId !== user.id && isOfLevel(toLevel) : toUserId === user.id,
      )
      return { offers, escalations: mine.slice(0, MOST) }
    },

    /**
     * Offers a ticket that is free or one's own; an offer that was open before ends. It stays with its owner until the other
     * accepts.
     *
     * @throws AskFirstError NOT_FOUND; NOT_ALLOWED when somebody else has it; CONFLICT when it is over, an escalation waits,
     *   or it changed meanwhile; INVALID_REQUEST when the other cannot take it
     */
    async make(ticketId: TicketId, wish: { readonly toUserId: UserId; readonly note: string }, by: By): Promise<Offer> {
      const ticket = await movable(store, ticketId)
      mustBeOwn(ticket, by)
      if (wish.toUserId === by.user.id) throw invalid('toUserId', 'You need no offer: take the ticket.')
      await checkTaker(store, wish.toUserId, ticket)
      if ((await store.escalations.listForTicket(ticketId)).some(({ state }) => state === 'asked'))
        throw new AskFirstError(
          'CONFLICT',
          'Somebody is asked to take this ticket over already; that is answered first.',
        )
      const [at, actor] = [isoNow(clock), actorOf(by.user)]
      const open = { state: 'offered', answeredBy: null, answeredAt: null, reason: null } as const
      const of = { ticketId, fromUserId: ticket.assigneeId }
      const offer: Offer = { id: newId('ofr', clock), ...of, ...wish, givenBy: actor, givenAt: at, ...open }
      const body = { offerId: offer.id, fromUserId: ticket.assigneeId, ...wish }
      await store.offers.make(offer, ticket.version, { ticketId, at, actor, kind: 'offer.made', body })
      announceTicket(bus, ticketId)
      return offer
    },

    /**
     * Takes the ticket that one was offered. What the person allowed the owner before ends (SPEC T38).
     *
     * @throws AskFirstError NOT_FOUND; NOT_ALLOWED when it was offered to somebody else, or is above one's level; CONFLICT when
     *   it is not open any more or the ticket changed meanwhile
     */
    async accept(ticketId: TicketId, id: OfferId, by: By): Promise<Offer> {
      mustBeFor(await openOffer(store, { ticketId, id }, 'offered'), by)
      const { version, state } = await movable(store, ticketId)
      const change = { assigneeId: by.user.id, ...(state === 'new' ? { state: 'open' as const } : {}) }
      await tickets.changeAs(ticketId, { version, change }, by)
      return openOffer(store, { ticketId, id }, 'accepted')
    },

    /** @throws AskFirstError NOT_FOUND; NOT_ALLOWED when it was offered to somebody else; CONFLICT when it is not open any more */
    async decline(ticketId: TicketId, id: OfferId, by: By & { readonly reason: string }): Promise<Offer> {
      const offer = await openOffer(store, { ticketId, id }, 'offered')
      mustBeFor(offer, by)
      return end(deps, offer, 'offered', { state: 'declined', reason: by.reason, by })
    },

    /** Takes an offer back. @throws AskFirstError NOT_FOUND; NOT_ALLOWED to all but the giver and leads; CONFLICT */
    async withdraw(ticketId: TicketId, id: OfferId, by: By): Promise<Offer> {
      const offer = await openOffer(store, { ticketId, id }, 'offered')
      if (offer.givenBy.id !== by.user.id && !isLead(by))
        throw new AskFirstError('NOT_ALLOWED', 'Only who offered the ticket or a lead takes the offer back.')
      return end(deps, offer, 'offered', { state: 'withdrawn', reason: null, by })
    },

    /** Notes that somebody has seen what they were assigned. @throws AskFirstError NOT_FOUND; NOT_ALLOWED; CONFLICT */
    async seen(ticketId: TicketId, id: OfferId, by: By): Promise<Offer> {
      const offer = await openOffer(store, { ticketId, id }, 'assigned')
      mustBeFor(offer, by)
      return end(deps, offer, 'assigned', { state: 'seen', reason: null, by })
    },
  }
}

/** Ends an open offer without a change of its ticket. */
async function end(
  { store, clock, bus }: OfferDeps,
  offer: Offer,
  from: 'offered' | 'assigned',
  { by, ...answer }: Pick<Offer, 'state' | 'reason'> & { readonly by: By },
): Promise<Offer> {
  const { id, ticketId } = offer
  const [at, actor] = [isoNow(clock), actorOf(by.user)]
  const words = endWords(offer, answer)
  const log = words === null ? null : { ticketId, at, actor, ...words }
  const ended = await store.offers.answer(id, from, { answer: { ...answer, answeredBy: actor, answeredAt: at }, log })
  if (ended === null) throw over(id)
  announceTicket(bus, ticketId)
  return ended
}

/** What the log says of an end; that somebody has seen what they were assigned is nobody else's affair. */
function endWords({ id: offerId, toUserId }: Offer, { state, reason }: Pick<Offer, 'state' | 'reason'>) {
  if (state === 'declined') return { kind: 'offer.declined', body: { offerId, reason } } as const
  if (state !== 'withdrawn') return null
  return { kind: 'offer.withdrawn', body: { offerId, toUserId, because: 'withdrawn' } } as const
}

async function openOffer(
  store: Pick<Store, 'offers'>,
  { ticketId, id }: { readonly ticketId: TicketId; readonly id: OfferId },
  state: Offer['state'],
): Promise<Offer> {
  const offer = await store.offers.get(id)
  if (offer?.ticketId !== ticketId) throw new AskFirstError('NOT_FOUND', `There is no offer ${id}.`)
  if (offer.state !== state) throw over(id)
  return offer
}

function mustBeOwn({ assigneeId }: Ticket, { user }: By): void {
  if (assigneeId === null || assigneeId === user.id) return
  const text = 'Somebody else has this ticket, and only they offer it to others. A lead may assign it with a reason.'
  throw new AskFirstError('NOT_ALLOWED', text)
}

function mustBeFor({ toUserId }: Offer, { user }: By): void {
  if (toUserId !== user.id) throw new AskFirstError('NOT_ALLOWED', 'The ticket was given to somebody else.')
}

function over(id: OfferId): AskFirstError {
  return new AskFirstError('CONFLICT', `Offer ${id} was answered or taken back before.`)
}
