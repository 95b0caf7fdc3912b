import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { ownUser } from '../plugins/confirmation.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import type { AccountService } from '../users/account-service.ts'
import { actorOf } from '../users/caller.ts'
import { sessionIdHash } from '../users/session-store.ts'
import { closed, Nothing, pageOf, text } from './fields.ts'
import { SessionEntry, sessionEntry } from './session-entry.ts'
import { Password } from './users.ts'

const Account = Type.Object({ email: Type.String(), name: Type.String() })

/** `/api/account`: one's own name, password and sessions. Second factors: account-factors.ts. */
export function accountRoutes(
  { account }: { readonly account: AccountService },
  options: { readonly rateBounds: RateBounds },
) {
  return async (app: App): Promise<void> => {
    app.patch(
      '/api/account',
      {
        config: { permission: 'account.own' },
        schema: {
          summary: 'Change your name',
          body: Type.Object({ name: text(200) }, closed),
          response: { 200: Account },
        },
      },
      async (request) => account.rename(ownUser(request), request.body.name),
    )

    app.post(
      '/api/account/password',
      {
        config: { permission: 'account.own' },
        preHandler: rateLimiter(app, options.rateBounds.confirmation, {
          keyOf: (request) => `password ${request.caller?.user.id ?? request.ip}`,
        }),
        schema: {
          summary: 'Change your password; your other sessions end',
          body: Type.Object({ current: text(256), password: Password }, closed),
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        const ownSession = sessionIdHash(request.session.sessionId)
        await account.changePassword(ownUser(request), { ...request.body, ownSession })
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/api/account/sessions',
      {
        config: { permission: 'account.own' },
        schema: { summary: 'List your sessions', response: { 200: pageOf(SessionEntry) } },
      },
      async (request) => {
        const user = ownUser(request)
        const own = sessionIdHash(request.session.sessionId)
        const sessions = await account.sessions(user.id)
        return { items: sessions.map((session) => sessionEntry(session, own)), next: null }
      },
    )

    app.delete(
      '/api/account/sessions/:id',
      {
        config: { permission: 'account.own' },
        schema: {
          summary: 'End one of your sessions',
          params: Type.Object({ id: text(64) }, closed),
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        const user = ownUser(request)
        await account.endSession(request.params.id, user.id, actorOf(user))
        return reply.code(204).send(null)
      },
    )
  }
}
