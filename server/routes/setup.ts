import { UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import type { SetupService } from '../users/setup-service.ts'
import { closed, Email, Nothing, text } from './fields.ts'
import { Password } from './users.ts'

const Setup = Type.Object({ token: text(64), email: Email, name: text(200), password: Password }, closed)

/** `/api/setup`: whether the server waits for its first admin, and creates it; then it answers 404 for ever. */
export function setupRoutes(services: { readonly setup: SetupService }, options: { readonly rateBounds: RateBounds }) {
  return async (app: App): Promise<void> => {
    const limit = rateLimiter(app, options.rateBounds.setup, { keyOf: (request) => `setup ${request.ip}` })
    app.get(
      '/api/setup',
      {
        config: { permission: 'public' },
        schema: {
          summary: 'Whether the server waits for its first admin',
          security: [],
          response: { 200: Type.Object({ needed: Type.Boolean() }) },
        },
      },
      async () => ({ needed: (await services.setup.path()) !== null }),
    )

    app.post(
      '/api/setup/check',
      {
        config: { permission: 'public' },
        preValidation: limit,
        schema: {
          summary: 'Whether a set-up link works',
          security: [],
          body: Type.Object({ token: text(64) }, closed),
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        await services.setup.check(request.body.token)
        return reply.code(204).send(null)
      },
    )

    app.post(
      '/api/setup',
      {
        config: { permission: 'public' },
        preValidation: limit,
        schema: {
          summary: 'Create the first admin with the token of the printed link',
          security: [],
          body: Setup,
          response: { 201: Type.Object({ id: UserId, email: Type.String(), name: Type.String() }) },
        },
      },
      async (request, reply) => {
        const { token, ...account } = request.body
        return reply.code(201).send(await services.setup.finish(token, account))
      },
    )
  }
}
