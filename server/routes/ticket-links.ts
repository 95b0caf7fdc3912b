import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { TicketId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import { TICKET_STATES } from '../store/entities.ts'
import { CLOSED_AS } from '../store/ticket-entities.ts'
import type { RelationService } from '../tickets/relation-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed, orNull } from './fields.ts'

const byId = Type.Object({ id: TicketId }, closed)

const LinkView = Type.Object({
  /** How this ticket stands to the other one. */
  link: Type.Enum(['related', 'duplicate-of', 'has-duplicate', 'merged-into', 'has-merged']),
  at: Instant,
  other: Type.Object({
    id: TicketId,
    number: Count,
    title: Type.String(),
    state: Type.Enum([...TICKET_STATES]),
    closedAs: orNull(Type.Enum([...CLOSED_AS])),
  }),
})
const Links = Type.Object({ items: Type.Array(LinkView) })

const BACK = { related: 'related', 'duplicate-of': 'has-duplicate', 'merged-into': 'has-merged' } as const

/** `/api/tickets/:id/links`: what a ticket has to do with others; closing makes duplicates and merges. */
export function ticketLinkRoutes({ relations }: { readonly relations: RelationService }) {
  async function linksOf(id: TicketId) {
    const links = await relations.list(id)
    return {
      items: links.map(({ link, other }) => ({
        ...{ link: link.from === id ? link.kind : BACK[link.kind], at: link.at },
        other: { ...other },
      })),
    }
  }

  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/links',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'List what a ticket has to do with others', params: byId, response: { 200: Links } },
      },
      async (request) => linksOf(request.params.id),
    )

    app.post(
      '/api/tickets/:id/links',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Note that two tickets have to do with each other',
          params: byId,
          body: Type.Object({ otherId: TicketId }, closed),
          response: { 201: Links },
        },
      },
      async (request, reply) => {
        await relations.link(request.params.id, request.body.otherId, actorOf(callerOf(request).user))
        return reply.code(201).send(await linksOf(request.params.id))
      },
    )

    app.delete(
      '/api/tickets/:id/links/:otherId',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Take a link back',
          params: Type.Object({ id: TicketId, otherId: TicketId }, closed),
          response: { 200: Links },
        },
      },
      async (request) => {
        await relations.unlink(request.params.id, request.params.otherId, actorOf(callerOf(request).user))
        return linksOf(request.params.id)
      },
    )
  }
}
