import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { EscalationId, OfferId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { LeadService } from '../lead/lead-service.ts'
import { TARGETS } from '../store/clock-entities.ts'
import { TICKET_STATES } from '../store/entities.ts'
import { orNull } from './fields.ts'

const Watched = Type.Object({
  id: TicketId,
  number: Count,
  title: Type.String(),
  state: Type.Enum([...TICKET_STATES]),
  priority: Type.Integer(),
  level: Type.Integer(),
  assigneeName: orNull(Type.String()),
  lastEntryAt: Instant,
})

const LeadView = Type.Object({
  /** How many things wait for the leads. */
  alerts: Count,
  /** Tickets whose first running time ends next, or is over; the first first. */
  due: Type.Array(
    Type.Object({
      ticket: Watched,
      target: Type.Enum([...TARGETS]),
      dueAt: Instant,
      leftMs: Type.Integer(),
      isForLeads: Type.Boolean(),
    }),
  ),
  /** Escalations that nobody has answered, the longest first. */
  waiting: Type.Array(
    Type.Object({
      id: EscalationId,
      ticketId: TicketId,
      ticket: Type.Object({ number: Count, title: Type.String(), priority: Type.Integer() }),
      fromLevel: Type.Integer(),
      toLevel: Type.Integer(),
      criterion: Type.String(),
      toUserId: orNull(UserId),
      askedByName: Type.String(),
      askedAt: Instant,
      isForLeads: Type.Boolean(),
    }),
  ),
  /** Tickets that were offered to somebody who has not answered, the longest first. */
  offered: Type.Array(
    Type.Object({
      id: OfferId,
      ticketId: TicketId,
      ticket: Type.Object({ number: Count, title: Type.String(), priority: Type.Integer() }),
      toUserId: UserId,
      givenByName: Type.String(),
      givenAt: Instant,
    }),
  ),
  stuck: Type.Array(Watched),
  /** Tickets that are not over, by who has them and level; null: nobody. */
  load: Type.Array(
    Type.Object({ userId: orNull(UserId), name: orNull(Type.String()), level: Type.Integer(), tickets: Count }),
  ),
})

/** `/api/lead`: the desk as its leads see it. */
export function leadRoutes({ lead }: { readonly lead: LeadService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/lead',
      {
        config: { permission: 'lead.read' },
        schema: { summary: 'Show the desk to its leads', response: { 200: LeadView } },
      },
      async () => {
        const { alerts, due, waiting, offered, stuck, load } = await lead.view()
        const named = waiting.map(({ askedBy, ...escalation }) => ({ ...escalation, askedByName: askedBy.name }))
        const offers = offered.map(({ givenBy, ...offer }) => ({ ...offer, givenByName: givenBy.name }))
        return { alerts, due: [...due], waiting: named, offered: offers, stuck: [...stuck], load: [...load] }
      },
    )
  }
}
