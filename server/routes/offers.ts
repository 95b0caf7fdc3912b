import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { Actor } from '@askfirst/protocol/findings-log.ts'
import { EscalationId, OfferId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { OfferService } from '../offers/offer-service.ts'
import { callerOf } from '../plugins/auth.ts'
import { OFFER_STATES } from '../store/offer-store.ts'
import { closed, InstantOrNull, orNull, text } from './fields.ts'

const OfferView = Type.Object({
  id: OfferId,
  ticketId: TicketId,
  /** Who had the ticket; null: nobody. */
  fromUserId: orNull(UserId),
  toUserId: UserId,
  /** What the giver says with it; of an assignment, why. */
  note: Type.String(),
  givenBy: Actor,
  givenAt: Instant,
  /** `assigned`: given by a lead without asking, and not yet seen. */
  state: Type.Enum([...OFFER_STATES]),
  answeredBy: orNull(Actor),
  answeredAt: InstantOrNull,
  reason: orNull(Type.String()),
})

const Named = Type.Object({
  number: Count,
  title: Type.String(),
  priority: Type.Integer(),
})

/** What the caller is asked or told, the longest first. */
const Asked = Type.Object({
  offers: Type.Array(
    Type.Object({
      ...{ id: OfferId, ticketId: TicketId, ticket: Named, note: Type.String(), givenAt: Instant },
      givenByName: Type.String(),
      state: Type.Enum(['offered', 'assigned']),
    }),
  ),
  escalations: Type.Array(
    Type.Object({
      ...{ id: EscalationId, ticketId: TicketId, ticket: Named, criterion: Type.String(), askedAt: Instant },
      askedByName: Type.String(),
      toLevel: Type.Integer(),
      /** Null: anybody of that level is asked. */
      toUserId: orNull(UserId),
    }),
  ),
})

const byId = Type.Object({ id: TicketId }, closed)
const byOffer = Type.Object({ id: TicketId, oid: OfferId }, closed)

/** `/api/tickets/:id/offers`: giving a ticket to somebody, who accepts or declines. */
export function offerRoutes({ offers }: { readonly offers: OfferService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/offers',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'List to whom a ticket was given, the newest first',
          params: byId,
          response: { 200: Type.Object({ items: Type.Array(OfferView) }) },
        },
      },
      async (request) => ({ items: [...(await offers.list(request.params.id))] }),
    )

    app.post(
      '/api/tickets/:id/offers',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Offer a ticket that is free or one’s own to somebody; an open offer ends',
          params: byId,
          body: Type.Object({ toUserId: UserId, note: Type.Optional(text(4_000, 0)) }, closed),
          response: { 201: OfferView },
        },
      },
      async (request, reply) => {
        const wish = { note: '', ...request.body }
        return reply.code(201).send(await offers.make(request.params.id, wish, callerOf(request)))
      },
    )

    app.delete(
      '/api/tickets/:id/offers/:oid',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Take an offer back', params: byOffer, response: { 200: OfferView } },
      },
      async (request) => offers.withdraw(request.params.id, request.params.oid, callerOf(request)),
    )
    answerRoutes(app, offers)
    askedRoute(app, offers)
  }
}

function answerRoutes(app: App, offers: OfferService): void {
  app.post(
    '/api/tickets/:id/offers/:oid/accept',
    {
      config: { permission: 'ticket.work' },
      schema: { summary: 'Take a ticket that one was offered', params: byOffer, response: { 200: OfferView } },
    },
    async (request) => offers.accept(request.params.id, request.params.oid, callerOf(request)),
  )

  app.post(
    '/api/tickets/:id/offers/:oid/decline',
    {
      config: { permission: 'ticket.work' },
      schema: {
        summary: 'Decline a ticket that one was offered',
        params: byOffer,
        body: Type.Object({ reason: Type.String({ minLength: 3, maxLength: 500, pattern: '\\S' }) }, closed),
        response: { 200: OfferView },
      },
    },
    async (request) => {
      const { id, oid } = request.params
      const { user, role } = callerOf(request)
      return offers.decline(id, oid, { user, role, reason: request.body.reason })
    },
  )

  app.post(
    '/api/tickets/:id/offers/:oid/seen',
    {
      config: { permission: 'ticket.work' },
      schema: {
        summary: 'Note that one has seen what a lead assigned',
        params: byOffer,
        response: { 200: OfferView },
      },
    },
    async (request) => offers.seen(request.params.id, request.params.oid, callerOf(request)),
  )
}

function askedRoute(app: App, offers: OfferService): void {
  app.get(
    '/api/asked',
    {
      config: { permission: 'ticket.work' },
      schema: { summary: 'List the tickets that wait for the caller’s word', response: { 200: Asked } },
    },
    async (request) => {
      const asked = await offers.askedOf(callerOf(request))
      return {
        // Only what is open is listed.
        offers: asked.offers.map(({ givenBy, state, ...offer }) => ({
          ...{ ...offer, givenByName: givenBy.name },
          state: state === 'assigned' ? ('assigned' as const) : ('offered' as const),
        })),
        escalations: asked.escalations.map(({ askedBy, ...one }) => ({ ...one, askedByName: askedBy.name })),
      }
    },
  )
}
