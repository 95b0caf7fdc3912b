import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { HealthService } from '../health/health-service.ts'
import type { Metrics } from '../health/metrics.ts'

const Checks = Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean() }))

/**
 * `/healthz` (the process answers), `/readyz` (it can work), `/metrics`. The last one needs a role or token with
 * `metrics.read`: a page that a browser on the same machine shows could read an address that is open on loopback.
 */
export function healthRoutes({ health, metrics }: { readonly health: HealthService; readonly metrics: Metrics }) {
  return async (app: App): Promise<void> => {
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
