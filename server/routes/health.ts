import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { HealthReporter } from '../health/health-report.ts'
import type { HealthService } from '../health/health-service.ts'
import type { Metrics } from '../health/metrics.ts'
import { InstantOrNull, orNull } from './fields.ts'

const Checks = Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean() }))

interface HealthRouteDeps {
  readonly health: HealthService
  readonly metrics: Metrics
  readonly healthReport: HealthReporter
}

const HealthView = Type.Object({
  ready: Type.Boolean(),
  checks: Checks,
  version: Type.String(),
  uptimeSeconds: Type.Integer(),
  memoryBytes: Type.Integer(),
  agentsOnline: Type.Integer(),
  runsOpen: Type.Integer(),
  rowsToIndex: Type.Integer(),
  ingestBytes: orNull(Type.Integer()),
  store: Type.Object({
    kind: Type.Enum(['sqlite', 'postgres']),
    bytes: Type.Integer(),
    latencyMs: Type.Number(),
  }),
  certificates: Type.Array(
    Type.Object({ name: Type.Enum(['authority', 'agents']), endsAt: Instant, daysLeft: Type.Integer() }),
  ),
  revocationListAgeSeconds: orNull(Type.Integer()),
  policyReports: Type.Integer(),
  mail: orNull(Type.Object({ queued: Count, oldestQueuedAt: InstantOrNull, failed: Count })),
  disk: orNull(Type.Object({ freeBytes: Type.Integer(), totalBytes: Type.Integer() })),
})

/**
 * `/healthz` (the process answers), `/readyz` (it can work), `/metrics`. The last one needs a role or token with
 * `metrics.read`: a page that a browser on the same machine shows could read an address that is open on loopback.
 */
export function healthRoutes({ health, metrics, healthReport }: HealthRouteDeps) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/health',
      {
        config: { permission: 'metrics.read' },
        schema: { summary: 'Figures for the health page', response: { 200: HealthView } },
      },
      async () => {
        const { checks, certificates, ...figures } = await healthReport()
        return { ...figures, checks: [...checks], certificates: [...certificates] }
      },
    )

    app.get(
      '/healthz',
      {
        config: { permission: 'public' },
        schema: {
          summary: 'The process answers',
          security: [],
          response: { 200: Type.Object({ status: Type.Literal('ok') }) },
        },
      },
      async () => ({ status: 'ok' as const }),
    )

    app.get(
      '/readyz',
      {
        config: { permission: 'public' },
        schema: {
          summary: 'The server can work',
          security: [],
          response: { 200: Type.Object({ status: Type.Literal('ready'), checks: Type.Optional(Checks) }) },
        },
      },
      async (request) => {
        const { ready, checks } = await health.readiness()
        // Which part is broken helps an attacker as well: only who may read the figures is told.
        const told = request.caller?.permissions.has('metrics.read') === true ? { checks: [...checks] } : {}
        if (!ready) throw new AskFirstError('UNAVAILABLE', 'The server is not ready to work.', { details: told })
        return { status: 'ready' as const, ...told }
      },
    )

    app.get(
      '/metrics',
      {
        config: { permission: 'metrics.read' },
        schema: {
          summary: 'Figures for Prometheus',
          response: { 200: { content: { 'text/plain': { schema: Type.String() } } } },
        },
      },
      async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    )
  }
}
