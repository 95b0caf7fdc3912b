import { Completeness } from '@askfirst/protocol/completeness.ts'
import { CollectorId, Count, Instant, Params } from '@askfirst/protocol/fields.ts'
import { DeviceId, GrantId, RequestId, RunId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { RunService } from '../runs/run-service.ts'
import type { Run } from '../store/entities.ts'
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

/** `/api/tickets/:id/runs` and `/api/runs/:id`: order collectors under a permission, follow them; rows.ts reads their rows. */
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
  }
}

function view(run: Run) {
  const { nextSeq: _nextSeq, params, ...facts } = run
  return { ...facts, params: { ...params } }
}
