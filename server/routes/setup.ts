import { UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import type { SetupService } from '../users/setup-service.ts'
import { closed, Email, text } from './fields.ts'
import { Password } from './users.ts'

export const Setup = Type.Object({ token: text(64), email: Email, name: text(200), password: Password }, closed)

/** `/api/setup`: creates the first admin, then answers 404 for ever. */
export function setupRoutes(services: { readonly setup: SetupService }, options: { readonly rateBounds: RateBounds }) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/setup',
      {
        config: { permission: 'public' },
        preValidation: rateLimiter(app, options.rateBounds.setup, { keyOf: (request) => `setup ${request.ip}` }),
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
