import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { KnowledgeId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { LONGEST_TEXT, LONGEST_TITLE, MOST_RULES } from '../knowledge/knowledge-limits.ts'
import type { KnowledgeService } from '../knowledge/knowledge-service.ts'
import type { Similar } from '../knowledge/rank-similar.ts'
import { callerOf } from '../plugins/auth.ts'
import { TICKET_STATES } from '../store/entities.ts'
import type { KnowledgeContent, KnowledgeEntry } from '../store/knowledge-entities.ts'
import { KNOWLEDGE_STATES } from '../store/knowledge-entities.ts'
import { closed, orNull, pageOf, pageQuery, text } from './fields.ts'

const ofEntry = Type.Object({ id: KnowledgeId }, closed)
const ofTicket = Type.Object({ id: TicketId }, closed)
const State = Type.Enum([...KNOWLEDGE_STATES])
const fields = {
  title: text(LONGEST_TITLE),
  /** What people see when they have the problem. */
  symptoms: text(LONGEST_TEXT, 0),
  /** Rules whose findings point to it. */
  rules: Type.Array(Type.String({ pattern: '^[a-z][a-z0-9.-]{0,63}$' }), { maxItems: MOST_RULES, uniqueItems: true }),
  cause: text(LONGEST_TEXT, 0),
  fix: text(LONGEST_TEXT, 0),
  prevention: text(LONGEST_TEXT, 0),
}
const Content = Type.Object(fields)
const NewEntry = Type.Object(
  {
    ...fields,
    /** Absent: a draft. */
    state: Type.Optional(State),
    /** The resolved or closed ticket that it is written up from; absent: none. */
    ticketId: Type.Optional(TicketId),
  },
  closed,
)
const Change = Type.Object(
  { ...Type.Partial(Content).properties, state: Type.Optional(State), version: Type.Integer({ minimum: 1 }) },
  closed,
)
const EntryView = Type.Object({
  id: KnowledgeId,
  number: Count,
  ...fields,
  state: State,
  ticketId: orNull(TicketId),
  ticketNumber: orNull(Count),
  createdAt: Instant,
  updatedAt: Instant,
  version: Count,
})
const History = Type.Object({
  items: Type.Array(
    Type.Object({
      ...fields,
      version: Count,
      state: State,
      at: Instant,
      by: Type.Object({ id: UserId, name: Type.String() }),
    }),
  ),
})
const SimilarView = Type.Object({
  of: Type.Union([
    Type.Object({ kind: Type.Literal('entry'), id: KnowledgeId, number: Count, title: Type.String() }),
    Type.Object({
      kind: Type.Literal('ticket'),
      id: TicketId,
      number: Count,
      title: Type.String(),
      state: Type.Enum([...TICKET_STATES]),
    }),
  ]),
  /** What both have: rules of findings, and words. */
  rules: Type.Array(Type.String()),
  words: Type.Array(Type.String()),
})
const ListQuery = Type.Object({ ...pageQuery, q: Type.Optional(text(200)), state: Type.Optional(State) }, closed)

interface OfKnowledge {
  readonly knowledge: KnowledgeService
}

/** `/api/knowledge`: problems that the desk knows. */
export function knowledgeRoutes({ knowledge }: OfKnowledge) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/knowledge',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'List known problems', querystring: ListQuery, response: { 200: pageOf(EntryView) } },
      },
      async (request) => {
        const { state, ...page } = request.query
        const { items, next } = await knowledge.list({ ...page, ...(state === undefined ? {} : { states: [state] }) })
        return { items: items.map(view), next }
      },
    )

    app.post(
      '/api/knowledge',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Write up a known problem', body: NewEntry, response: { 201: EntryView } },
      },
      async (request, reply) => {
        const { state = 'draft', ticketId = null, ...content } = request.body
        const entry = await knowledge.write({ content, state, ticketId }, callerOf(request).user)
        return reply.code(201).send(view(entry))
      },
    )

    app.get(
      '/api/knowledge/:id',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'Read a known problem', params: ofEntry, response: { 200: EntryView } },
      },
      async (request) => view(await knowledge.get(request.params.id)),
    )

    app.patch(
      '/api/knowledge/:id',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Change a known problem', params: ofEntry, body: Change, response: { 200: EntryView } },
      },
      async (request) => {
        const { version, state, ...content } = request.body
        const wish = { version, content, ...(state === undefined ? {} : { state }) }
        return view(await knowledge.change(request.params.id, wish, callerOf(request).user))
      },
    )

    app.get(
      '/api/knowledge/:id/history',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'List the versions of a known problem', params: ofEntry, response: { 200: History } },
      },
      async (request) => {
        const versions = await knowledge.history(request.params.id)
        return { items: versions.map((version) => ({ ...version, rules: [...version.rules] })) }
      },
    )
  }
}

/** What tickets and known problems say about each other. */
export function ticketKnowledgeRoutes({ knowledge }: OfKnowledge) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/similar',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'Say what a ticket looks like, and what was written up from it',
          params: ofTicket,
          response: { 200: Type.Object({ items: Type.Array(SimilarView), writtenUp: Type.Array(EntryView) }) },
        },
      },
      async (request) => {
        const { similar, writtenUp } = await knowledge.similar(request.params.id)
        return { items: similar.map(similarView), writtenUp: writtenUp.map(view) }
      },
    )

    app.get(
      '/api/tickets/:id/knowledge-draft',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Say what a known problem about a ticket could say',
          params: ofTicket,
          response: { 200: Content },
        },
      },
      async (request) => contentView(await knowledge.draft(request.params.id)),
    )
  }
}

function view(entry: KnowledgeEntry) {
  return { ...entry, rules: [...entry.rules] }
}

function contentView(content: KnowledgeContent) {
  return { ...content, rules: [...content.rules] }
}

function similarView({ of, rules, words }: Similar) {
  return { of, rules: [...rules], words: [...words] }
}
