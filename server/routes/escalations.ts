import { Instant } from '@askfirst/protocol/fields.ts'
import { Actor } from '@askfirst/protocol/findings-log.ts'
import { EscalationId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { EscalationService } from '../escalations/escalation-service.ts'
import { callerOf } from '../plugins/auth.ts'
import { TRIGGERS } from '../settings/service-level.ts'
import { ESCALATION_STATES } from '../store/clock-entities.ts'
import { actorOf } from '../users/caller.ts'
import { closed, InstantOrNull, orNull, text } from './fields.ts'

const Criterion = Type.Enum([...TRIGGERS])
const Level = Type.Integer({ minimum: 1, maximum: 3 })
const Summary = text(20_000)
const Message = text(4_000)

const EscalationView = Type.Object({
  id: EscalationId,
  ticketId: TicketId,
  fromLevel: Level,
  toLevel: Level,
  criterion: Type.String(),
  summary: Type.String(),
  fromUserId: orNull(UserId),
  toUserId: orNull(UserId),
  askedBy: Actor,
  askedAt: Instant,
  state: Type.Enum([...ESCALATION_STATES]),
  answeredBy: orNull(Actor),
  answeredAt: InstantOrNull,
  reason: orNull(Type.String()),
})

const Draft = Type.Object({ toLevel: Level, summary: Type.String(), message: Type.String() })

const NewEscalation = Type.Object(
  {
    toLevel: Level,
    criterion: Criterion,
    summary: Summary,
    /** Who is asked to take it over; absent or null: anybody of that level. */
    toUserId: Type.Optional(orNull(UserId)),
    /** What the person is told; absent or null: nothing now. */
    message: Type.Optional(orNull(Message)),
  },
  closed,
)

const byId = Type.Object({ id: TicketId }, closed)
const byEscalation = Type.Object({ id: TicketId, rid: EscalationId }, closed)

/** `/api/tickets/:id/escalations`: handing a ticket over to another level or person. */
export function escalationRoutes({ escalations }: { readonly escalations: EscalationService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/escalations',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'List escalations of a ticket, the newest first',
          params: byId,
          response: { 200: Type.Object({ items: Type.Array(EscalationView) }) },
        },
      },
      async (request) => ({ items: [...(await escalations.list(request.params.id))] }),
    )

    app.get(
      '/api/tickets/:id/escalations/draft',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Draft a hand-over out of the log',
          params: byId,
          querystring: Type.Object({ criterion: Criterion }, closed),
          response: { 200: Draft },
        },
      },
      async (request) => escalations.draft(request.params.id, request.query.criterion),
    )

    app.post(
      '/api/tickets/:id/escalations',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Ask for a ticket to be taken over',
          params: byId,
          body: NewEscalation,
          response: { 201: EscalationView },
        },
      },
      async (request, reply) => {
        const wish = { toUserId: null, message: null, ...request.body }
        const made = await escalations.ask(request.params.id, wish, actorOf(callerOf(request).user))
        return reply.code(201).send(made)
      },
    )
    answerRoutes(app, escalations)
  }
}

function answerRoutes(app: App, escalations: EscalationService): void {
  app.post(
    '/api/tickets/:id/escalations/:rid/accept',
    {
      config: { permission: 'ticket.work' },
      schema: { summary: 'Take a ticket over', params: byEscalation, response: { 200: EscalationView } },
    },
    async (request) => escalations.accept(request.params.id, request.params.rid, callerOf(request)),
  )

  app.post(
    '/api/tickets/:id/escalations/:rid/decline',
    {
      config: { permission: 'ticket.work' },
      schema: {
        summary: 'Decline to take a ticket over, or take the question back',
        params: byEscalation,
        body: Type.Object({ reason: Type.String({ minLength: 3, maxLength: 500, pattern: '\\S' }) }, closed),
        response: { 200: EscalationView },
      },
    },
    async (request) => {
      const { id, rid } = request.params
      const { user, role } = callerOf(request)
      return escalations.decline(id, rid, { user, role, reason: request.body.reason })
    },
  )
}
