import { Completeness } from '@askfirst/protocol/completeness.ts'
import { CollectorId, Count, Instant, Params } from '@askfirst/protocol/fields.ts'
import { DeviceId, GrantId, RequestId, RunId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { RunService } from '../runs/run-service.ts'
import type { IndexedRow, RowFilter, Run } from '../store/entities.ts'
import { closed, InstantOrNull, orNull } from './fields.ts'

const ofTicket = Type.Object({ id: TicketId }, closed)
const ofRun = Type.Object({ id: RunId }, closed)

const RunView = Type.Object({
  id: RunId,
  ticketId: TicketId,
  deviceId: DeviceId,
  requestId: RequestId,
  grantId: GrantId,
  technicianId: UserId,
  collector: CollectorId,
  params: Params,
  state: Type.Enum([
    'ordered',
    'accepted',
    'review',
    'refused',
    'complete',
    'truncated',
    'timeout',
    'denied',
    'unsupported',
    'cancelled',
    'error',
  ]),
  refusedCode: orNull(Type.String()),
  rows: Count,
  rawBytes: Count,
  /** Rows that can be read with filters already. */
  indexedRows: Count,
  completeness: orNull(Completeness),
  orderedAt: Instant,
  acceptedAt: InstantOrNull,
  firstRowAt: InstantOrNull,
  endedAt: InstantOrNull,
  /** Why nobody is shown its rows; null when they are shown. */
  withheld: orNull(Type.String()),
})

const Ordering = Type.Object(
  {
    grantId: GrantId,
    /** Without `params` a run gets exactly what was granted. */
    runs: Type.Array(Type.Object({ collector: CollectorId, params: Type.Optional(Params) }, closed), {
      minItems: 1,
      maxItems: LIMITS.maxOpenRuns,
    }),
  },
  closed,
)

/** Words separated by commas, e.g. `error,critical`. */
const Words = Type.String({ minLength: 1, maxLength: 1_024 })
const RowsQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    level: Type.Optional(Words),
    provider: Type.Optional(Words),
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    /** The cursor of the page before; rows come in the order of the run. */
    after: Type.Optional(Type.String({ pattern: '^\\d{1,10}$' })),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  },
  closed,
)

const RowView = Type.Object({
  /** Number of the row in the run, from 0. */
  n: Count,
  at: orNull(Type.String()),
  level: orNull(Type.String()),
  provider: orNull(Type.String()),
  /** Any field name: a pattern for names would leave those with a line break out. */
  row: Type.Object({}, { additionalProperties: true }),
})

/** `/api/tickets/:id/runs` and `/api/runs/:id`: order collectors under a permission, follow them, read their rows. */
export function runRoutes({ runs }: { readonly runs: RunService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/runs',
      {
        config: { permission: 'run.read' },
        schema: {
          summary: 'List the runs of a ticket',
          params: ofTicket,
          response: { 200: Type.Object({ items: Type.Array(RunView), next: Type.Null() }) },
        },
      },
      async (request) => ({ items: (await runs.listForTicket(request.params.id)).map(view), next: null }),
    )

    app.post(
      '/api/tickets/:id/runs',
      {
        config: { permission: 'run.order' },
        schema: {
          summary: 'Order collectors under a permission',
          params: ofTicket,
          body: Ordering,
          response: { 201: Type.Object({ items: Type.Array(RunView) }) },
        },
      },
      async (request, reply) => {
        const ordered = await runs.order(request.params.id, callerOf(request).user, request.body)
        return reply.code(201).send({ items: ordered.map(view) })
      },
    )

    app.get(
      '/api/runs/:id',
      {
        config: { permission: 'run.read' },
        schema: { summary: 'Read how a run stands', params: ofRun, response: { 200: RunView } },
      },
      async (request) => view(await runs.get(request.params.id)),
    )

    app.delete(
      '/api/runs/:id',
      {
        config: { permission: 'run.order' },
        schema: { summary: 'Stop a run; what was read before stays', params: ofRun, response: { 200: RunView } },
      },
      async (request) => view(await runs.cancel(request.params.id)),
    )

    app.get(
      '/api/runs/:id/rows',
      {
        config: { permission: 'run.read' },
        schema: {
          summary: 'Read rows of a run by filter',
          params: ofRun,
          querystring: RowsQuery,
          response: { 200: Type.Object({ items: Type.Array(RowView), next: orNull(Type.String()) }) },
        },
      },
      async (request) => {
        const { after, limit, ...query } = request.query
        const page = await runs.rows(request.params.id, toFilter(query), {
          after: after === undefined ? -1 : Number(after),
          limit,
        })
        return { items: page.map(rowView), next: page.length < limit ? null : String(page.at(-1)?.n ?? '') }
      },
    )
  }
}

function toFilter(query: { q?: string; level?: string; provider?: string; from?: string; to?: string }): RowFilter {
  const { q, level, provider, from, to } = query
  return {
    ...(q === undefined ? {} : { q }),
    ...(level === undefined ? {} : { levels: words(level) }),
    ...(provider === undefined ? {} : { providers: words(provider) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
}

function words(text: string): readonly string[] {
  return text.split(',').filter((word) => word !== '')
}

function rowView({ n, at, level, provider, json }: IndexedRow) {
  // The indexer stores nothing but JSON objects.
  return { n, at, level, provider, row: JSON.parse(json) as Record<string, unknown> }
}

function view(run: Run) {
  const { nextSeq: _nextSeq, params, ...facts } = run
  return { ...facts, params: { ...params } }
}
