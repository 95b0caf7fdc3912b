import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { FindingContent } from '@askfirst/protocol/finding.ts'
import { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { DeviceService } from '../devices/device-service.ts'
import { callerOf } from '../plugins/auth.ts'
import { Priority } from '../settings/priority-matrix.ts'
import { TARGETS } from '../store/clock-entities.ts'
import type { Ticket } from '../store/entities.ts'
import { GRADES, TICKET_ORDERS, TICKET_STATES } from '../store/entities.ts'
import { CLOSED_AS, WAITING_FOR } from '../store/ticket-entities.ts'
import type { ClockKeeper } from '../ticket-clock/clock-keeper.ts'
import { MOVERS, moverOf } from '../tickets/state-moves.ts'
import type { QueuedTicket, TicketFilter, TicketService } from '../tickets/ticket-service.ts'
import type { Caller } from '../users/caller.ts'
import { actorOf } from '../users/caller.ts'
import { boundLevel } from '../users/support-level.ts'
import { closed, Email, InstantOrNull, orNull, pageOf, pageQuery, text } from './fields.ts'
import { Contacts } from './ticket-fields.ts'

const State = Type.Enum([...TICKET_STATES])
const Grade = Type.Enum([...GRADES])
const Devices = Type.Array(DeviceId, { maxItems: 32, uniqueItems: true })
const byId = Type.Object({ id: TicketId }, closed)

export const TicketView = Type.Object({
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
  /** Why it has this priority. */
  priorityReason: Type.Object({
    /** What the matrix gave for impact and urgency; the priority, unless somebody overrode it. */
    byMatrix: Type.Integer(),
    override: orNull(
      Type.Object({ reason: Type.String(), userId: Type.String(), userName: Type.String(), at: Instant }),
    ),
  }),
  level: Type.Integer(),
  assigneeId: orNull(UserId),
  createdAt: Instant,
  updatedAt: Instant,
  version: Count,
  /** The person's answer to "is it fixed?"; null: none since it was resolved last. */
  confirmed: orNull(Type.Boolean()),
  /** Whom a waiting ticket waits for; null in every other state. */
  waitingFor: orNull(Type.Enum([...WAITING_FOR])),
  /** Whose move it is. */
  mover: Type.Enum([...MOVERS]),
  /** How and why it was closed, and when; null while it is not. */
  closedAs: orNull(Type.Enum([...CLOSED_AS])),
  closedReason: orNull(Type.String()),
  closedAt: InstantOrNull,
  /** How often it was opened again after it was closed. */
  reopened: Count,
  tags: Type.Array(Type.String()),
  /** People besides the requester and the desk. */
  contacts: Contacts,
  /** Of mails to the requester, as the desk set it; null: the one that is known of them, else the organisation's. */
  requesterLanguage: orNull(Type.Enum([...LANGUAGES])),
  /** In which the requester read this ticket last; null: nothing is known. */
  heardLanguage: orNull(Type.Enum([...LANGUAGES])),
})

/** What goes on at a ticket at this moment. */
const Activity = Type.Object({
  assigneeName: orNull(Type.String()),
  devices: Type.Array(Type.Object({ id: DeviceId, name: Type.String(), online: Type.Boolean() })),
  /** The newest request that waits for the person. */
  asked: orNull(Type.Object({ state: Type.Enum(['asked', 'received', 'shown']), answerBy: Instant })),
  allowedUntil: InstantOrNull,
  openRuns: Count,
  /** The next agreed time, or the one that is on. */
  appointment: orNull(Type.Object({ from: Instant, until: Instant })),
  findings: Type.Object({ open: Count, confirmed: Count, worst: orNull(FindingContent.properties.severity) }),
})
/** The time that is over first, of those that run. */
const Due = Type.Object({
  target: Type.Enum([...TARGETS]),
  dueAt: Instant,
  /** Open time of the desk that is left, in ms; below 0 when it is over. */
  leftMs: Type.Integer(),
  isWarned: Type.Boolean(),
})
const QueuedView = Type.Object({ ...TicketView.properties, activity: orNull(Activity), due: orNull(Due) })

const NewTicket = Type.Object(
  {
    title: text(200),
    description: Type.Optional(text(20_000, 0)),
    requesterName: text(200),
    requesterEmail: Type.Optional(orNull(Email)),
    /** Of mails to the requester; null: the one that is known of them, else the organisation's. */
    requesterLanguage: Type.Optional(orNull(Type.Enum([...LANGUAGES]))),
    deviceIds: Type.Optional(Devices),
    impact: Type.Optional(Grade),
    urgency: Type.Optional(Grade),
  },
  closed,
)

/** Begins and ends with more than a blank. */
const Reason = Type.String({ minLength: 3, maxLength: 500, pattern: '^\\S[\\s\\S]*\\S$' })

const Override = Type.Object(
  {
    priority: Priority,
    reason: Reason,
  },
  closed,
)

const TicketChange = Type.Object(
  {
    /** The version that the change was made from. */
    version: Count,
    title: Type.Optional(text(200)),
    description: Type.Optional(text(20_000, 0)),
    /** `closed` is refused: POST …/close closes a ticket. */
    state: Type.Optional(State),
    /** Whom it waits for; the person when a move to `waiting` does not say. */
    waitingFor: Type.Optional(Type.Enum([...WAITING_FOR])),
    impact: Type.Optional(Grade),
    urgency: Type.Optional(Grade),
    /** Another priority than the matrix's, and why; null: the matrix decides again. */
    override: Type.Optional(orNull(Override)),
    level: Type.Optional(Type.Integer({ minimum: 1, maximum: 3 })),
    /** The caller, who takes it or takes it over, or null, which gives it back; others are offered it (…/offers), or get it from a lead. */
    assigneeId: Type.Optional(orNull(UserId)),
    /** Why nobody else was asked; stands in the log. */
    assignReason: Type.Optional(Reason),
    deviceIds: Type.Optional(Devices),
    /** Words; kept in lower case, each once. */
    tags: Type.Optional(Type.Array(text(64), { maxItems: 64 })),
    contacts: Type.Optional(Contacts),
    /** Of mails to the requester; null: the one that is known of them, else the organisation's. */
    requesterLanguage: Type.Optional(orNull(Type.Enum([...LANGUAGES]))),
  },
  { ...closed, minProperties: 2 },
)

const TicketQuery = Type.Object(
  {
    ...pageQuery,
    /** States separated by commas. */
    state: Type.Optional(listOf(TICKET_STATES)),
    /** `me` is the caller, `none` those that nobody has. */
    assigneeId: Type.Optional(Type.Union([UserId, Type.Enum(['me', 'none'])])),
    priority: Type.Optional(listOf([1, 2, 3, 4, 5])),
    /** `mine`: up to the caller's own. */
    level: Type.Optional(Type.Union([listOf([1, 2, 3]), Type.Literal('mine')])),
    deviceId: Type.Optional(DeviceId),
    tag: Type.Optional(text(64)),
    q: Type.Optional(text(200)),
    sort: Type.Enum([...TICKET_ORDERS], { default: 'newest' }),
  },
  closed,
)

type Services = {
  readonly tickets: TicketService
  readonly devices: DeviceService
  readonly clocks: ClockKeeper
}

/** `/api/tickets` and `/api/tickets/:id`. */
export function ticketRoutes({ tickets, devices, clocks }: Services) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'List tickets', querystring: TicketQuery, response: { 200: pageOf(QueuedView) } },
      },
      async (request) => {
        const { items, next } = await tickets.list(toFilter(request.query, callerOf(request)))
        const due = await clocks.due(items.map(({ ticket }) => ticket.id))
        const views = items.map((item) => ({ ...queuedView(item, devices), due: due.get(item.ticket.id) ?? null }))
        return { items: views, next }
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
        return reply.code(201).send(ticketView(ticket))
      },
    )

    app.get(
      '/api/tickets/:id',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'Read a ticket', params: byId, response: { 200: TicketView } },
      },
      async (request) => ticketView(await tickets.get(request.params.id)),
    )

    app.patch(
      '/api/tickets/:id',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Change a ticket', params: byId, body: TicketChange, response: { 200: TicketView } },
      },
      async (request) => {
        const { version, state, assignReason, ...others } = request.body
        if (state === 'closed') {
          throw new AskFirstError('TICKET_NOT_CLOSABLE', 'POST /api/tickets/:id/close closes a ticket; it looks first.')
        }
        const change = { ...others, ...(state === undefined ? {} : { state }) }
        const wish = { version, change, ...(assignReason === undefined ? {} : { assignReason }) }
        return ticketView(await tickets.changeAs(request.params.id, wish, callerOf(request)))
      },
    )
  }
}

/** `/api/ticket-tags`: the tags that tickets have. */
export function ticketTagRoutes({ tickets }: Pick<Services, 'tickets'>) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/ticket-tags',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'List the tags of tickets that begin so, the most used first',
          querystring: Type.Object({ begins: Type.String({ maxLength: 64, default: '' }) }, closed),
          response: { 200: Type.Object({ items: Type.Array(Type.Object({ tag: Type.String(), count: Count })) }) },
        },
      },
      async (request) => ({ items: [...(await tickets.tags(request.query.begins, MOST_TAGS))] }),
    )
  }
}

/** Suggestions of one answer. */
const MOST_TAGS = 20

/** `/api/tickets/:id/log`: the findings log and its notes. */
export function ticketLogRoutes({ tickets }: Pick<Services, 'tickets'>) {
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

/** Words of a closed list, separated by commas; each is checked, so that a typing mistake does not empty the queue. */
function listOf(words: readonly (string | number)[]) {
  const one = `(?:${words.join('|')})`
  return Type.String({ pattern: `^${one}(?:,${one})*$`, maxLength: 128 })
}

function toFilter(query: Static<typeof TicketQuery>, { user, role }: Pick<Caller, 'user' | 'role'>): TicketFilter {
  const { state, priority, level, assigneeId, tag, sort, ...rest } = query
  return {
    ...rest,
    order: sort,
    ...(tag === undefined ? {} : { tag: tag.normalize('NFC').toLowerCase() }),
    ...(state === undefined ? {} : { states: TICKET_STATES.filter((known) => state.split(',').includes(known)) }),
    ...(priority === undefined ? {} : { priorities: priority.split(',').map(Number) }),
    ...(level === undefined ? {} : { levels: toLevels(level, boundLevel({ ...user, role })) }),
    ...(assigneeId === undefined ? {} : { assigneeId: toAssignee(assigneeId, user.id) }),
  }
}

function toLevels(words: string, bound: number | null): readonly number[] {
  return words === 'mine' ? [1, 2, 3].slice(0, bound ?? 3) : words.split(',').map(Number)
}

function toAssignee(word: UserId | 'me' | 'none', userId: UserId): UserId | null {
  if (word === 'none') return null
  return word === 'me' ? userId : word
}

function queuedView({ ticket, activity }: QueuedTicket, devices: Pick<DeviceService, 'isOnline'>) {
  if (activity === null) return { ...ticketView(ticket), activity }
  const { ticketId: _ticketId, ...facts } = activity
  const machines = activity.devices.map((device) => ({ ...device, online: devices.isOnline(device.id) }))
  return { ...ticketView(ticket), activity: { ...facts, devices: machines } }
}

/** A ticket as the API answers it. */
export function ticketView(ticket: Ticket) {
  const { onSite, stakeholders } = ticket.contacts
  return {
    ...ticket,
    deviceIds: [...ticket.deviceIds],
    tags: [...ticket.tags],
    contacts: { onSite, stakeholders: [...stakeholders] },
    mover: moverOf(ticket),
  }
}
