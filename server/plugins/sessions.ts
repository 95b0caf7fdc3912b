import fastifyCookie from '@fastify/cookie'
import fastifyCsrf from '@fastify/csrf-protection'
import fastifySession from '@fastify/session'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import type { SessionStore } from '../store/sign-in-stores.ts'
import type { SessionBounds } from '../users/session-store.ts'
import { sessionStoreAdapter } from '../users/session-store.ts'

/** The `__Host-` prefix makes browsers insist on Secure, path `/` and no Domain, so that no neighbour can set it. */
export const SESSION_COOKIE = '__Host-askfirst'
const CSRF_HEADER = 'x-csrf-token'

const SESSION_ID = /^[A-Za-z0-9_-]{16,64}$/

/** Cookie sessions and their CSRF tokens. Nothing is written before somebody signs in. */
export async function registerSessions(
  app: App,
  input: { readonly sessions: SessionStore; readonly clock: Clock; readonly bounds: SessionBounds },
): Promise<void> {
  await app.register(fastifyCookie)
  await app.register(fastifySession, {
    // The id is random and looked up by its hash; a signature would add a key to keep and no strength.
    secret: { sign: (id) => id, unsign: (id) => ({ valid: SESSION_ID.test(id), renew: false, value: id }) },
    cookieName: SESSION_COOKIE,
    cookie: { path: '/', httpOnly: true, secure: true, sameSite: 'strict' },
    saveUninitialized: false,
    rolling: false,
    store: sessionStoreAdapter(input),
  })
  await app.register(fastifyCsrf, {
    sessionPlugin: '@fastify/session',
    getToken: (request) => [request.headers[CSRF_HEADER]].flat()[0],
  })
}
