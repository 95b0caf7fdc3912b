import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { AccountService } from '../users/account-service.ts'
import { actorOf } from '../users/caller.ts'
import { sessionIdHash } from '../users/session-store.ts'
import { closed, Nothing, pageOf, text } from './fields.ts'
import { SessionEntry, sessionEntry } from './session-entry.ts'

/** `/api/sessions`: who is signed in, for admins. */
export function allSessionRoutes({ account }: { readonly account: AccountService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/sessions',
      {
        config: { permission: 'user.manage' },
        schema: { summary: 'List the 500 sessions used last', response: { 200: pageOf(SessionEntry) } },
      },
      async (request) => {
        const own = callerOf(request).via === 'session' ? sessionIdHash(request.session.sessionId) : null
        return { items: (await account.sessions(null)).map((session) => sessionEntry(session, own)), next: null }
      },
    )

    app.delete(
      '/api/sessions/:id',
      {
        config: { permission: 'user.manage' },
        schema: {
          summary: 'End a session',
          params: Type.Object({ id: text(64) }, closed),
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        await account.endSession(request.params.id, null, actorOf(callerOf(request).user))
        return reply.code(204).send(null)
      },
    )
  }
}
