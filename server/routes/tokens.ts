import { Instant } from '@askfirst/protocol/fields.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import { callerOf } from '../plugins/auth.ts'
import { ROLES } from '../store/entities.ts'
import type { TokenService } from '../users/token-service.ts'
import { closed, InstantOrNull, Nothing, pageOf, text } from './fields.ts'

const Role = Type.Enum([...ROLES])
const DAY_MS = 86_400_000

const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  expiresAt: InstantOrNull,
  createdAt: Instant,
  lastUsedAt: InstantOrNull,
})

/** `/api/tokens`: the caller's own API tokens. */
export function tokenRoutes({ tokens, clock }: { readonly tokens: TokenService; readonly clock: Clock }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tokens',
      {
        config: { permission: 'token.own' },
        schema: { summary: 'List your API tokens', response: { 200: pageOf(TokenView) } },
      },
      async (request) => ({ items: [...(await tokens.listForUser(callerOf(request).user))], next: null }),
    )

    app.post(
      '/api/tokens',
      {
        config: { permission: 'token.own' },
        schema: {
          summary: 'Make an API token; its secret is shown this once',
          body: Type.Object(
            {
              name: text(200),
              /** The caller's own role when absent. */
              role: Type.Optional(Role),
              /** Null: it does not expire. 90 days when absent. */
              days: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 366 }), Type.Null()])),
            },
            closed,
          ),
          response: { 201: Type.Object({ token: TokenView, secret: Type.String() }) },
        },
      },
      async (request, reply) => {
        const { name, role, days = 90 } = request.body
        const expiresAt = days === null ? null : new Date(clock.now() + days * DAY_MS).toISOString()
        const caller = callerOf(request)
        const made = await tokens.create(caller, { name, role: role ?? caller.role, expiresAt })
        return reply.code(201).send(made)
      },
    )

    app.delete(
      '/api/tokens/:id',
      {
        config: { permission: 'token.own' },
        schema: {
          summary: 'Delete an API token',
          params: Type.Object({ id: text(64) }, closed),
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        await tokens.delete(request.params.id, callerOf(request).user)
        return reply.code(204).send(null)
      },
    )
  }
}
