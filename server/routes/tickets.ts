import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { Ticket } from '../store/entities.ts'
import { GRADES, TICKET_STATES } from '../store/entities.ts'
import type { TicketService } from '../tickets/ticket-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed, Email, orNull, pageOf, pageQuery, text } from './fields.ts'

const State = Type.Enum([...TICKET_STATES])
const Grade = Type.Enum([...GRADES])
const Devices = Type.Array(DeviceId, { maxItems: 32, uniqueItems: true })
const byId = Type.Object({ id: TicketId }, closed)

const TicketView = Type.Object({
  id: TicketId,
  number: Count,
  title: Type.String(),
  description: Type.String(),
  requesterName: Type.String(),
  requesterEmail: orNull(Type.String()),
  openedBy: Type.Enum(['requester', 'desk']),
  deviceIds: Type.Array(DeviceId),
  state: State,
  impact: Grade,
  urgency: Grade,
  priority: Type.Integer(),
  level: Type.Integer(),
  assigneeId: orNull(UserId),
  createdAt: Instant,
  updatedAt: Instant,
  version: Count,
})

const NewTicket = Type.Object(
  {
    title: text(200),
    description: Type.Optional(text(20_000, 0)),
    requesterName: text(200),
    requesterEmail: Type.Optional(orNull(Email)),
    deviceIds: Type.Optional(Devices),
    impact: Type.Optional(Grade),
    urgency: Type.Optional(Grade),
  },
  closed,
)

const TicketChange = Type.Object(
  {
    /** The version that the change was made from. */
    version: Count,
    title: Type.Optional(text(200)),
    description: Type.Optional(text(20_000, 0)),
    state: Type.Optional(State),
    impact: Type.Optional(Grade),
    urgency: Type.Optional(Grade),
    level: Type.Optional(Type.Integer({ minimum: 1, maximum: 3 })),
    assigneeId: Type.Optional(orNull(UserId)),
    deviceIds: Type.Optional(Devices),
  },
  { ...closed, minProperties: 2 },
)

const TicketQuery = Type.Object(
  {
    ...pageQuery,
    state: Type.Optional(State),
    assigneeId: Type.Optional(UserId),
    deviceId: Type.Optional(DeviceId),
    q: Type.Optional(text(200)),
  },
  closed,
)

type Services = { readonly tickets: TicketService }

/** `/api/tickets` and `/api/tickets/:id`. */
export function ticketRoutes({ tickets }: Services) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'List tickets', querystring: TicketQuery, response: { 200: pageOf(TicketView) } },
      },
      async (request) => {
        const { state, ...filter } = request.query
        const { items, next } = await tickets.list({ ...filter, ...(state === undefined ? {} : { states: [state] }) })
        return { items: items.map(view), next }
      },
    )

    app.post(
      '/api/tickets',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Open a ticket', body: NewTicket, response: { 201: TicketView } },
      },
      async (request, reply) => {
        const wish = { ...NEW_TICKET_DEFAULTS, ...request.body, openedBy: 'desk' } as const
        const ticket = await tickets.open(wish, actorOf(callerOf(request).user))
        return reply.code(201).send(view(ticket))
      },
    )

    app.get(
      '/api/tickets/:id',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'Read a ticket', params: byId, response: { 200: TicketView } },
      },
      async (request) => view(await tickets.get(request.params.id)),
    )

    app.patch(
      '/api/tickets/:id',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Change a ticket', params: byId, body: TicketChange, response: { 200: TicketView } },
      },
      async (request) => {
        const { version, ...change } = request.body
        return view(await tickets.change(request.params.id, { version, change }, actorOf(callerOf(request).user)))
      },
    )
  }
}

/** `/api/tickets/:id/log`: the findings log and its notes. */
export function ticketLogRoutes({ tickets }: Services) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/log',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'Read the findings log after a sequence number',
          params: byId,
          querystring: Type.Object(
            {
              after: Type.Integer({ minimum: 0, default: 0 }),
              limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
            },
            closed,
          ),
          response: { 200: pageOf(LogEntry) },
        },
      },
      async (request) => {
        const { after, limit } = request.query
        const items = await tickets.log(request.params.id, after, limit)
        return { items: [...items], next: items.length < limit ? null : String(items.at(-1)?.seq ?? after) }
      },
    )

    app.post(
      '/api/tickets/:id/log',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Append a note',
          params: byId,
          body: Type.Object({ text: text(20_000) }, closed),
          response: { 201: LogEntry },
        },
      },
      async (request, reply) => {
        const entry = await tickets.note(request.params.id, request.body.text, actorOf(callerOf(request).user))
        return reply.code(201).send(entry)
      },
    )
  }
}

const NEW_TICKET_DEFAULTS = {
  description: '',
  requesterEmail: null,
  deviceIds: [],
  impact: 'medium',
  urgency: 'medium',
} as const

function view(ticket: Ticket) {
  return { ...ticket, deviceIds: [...ticket.deviceIds] }
}
