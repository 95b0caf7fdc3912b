import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { UserId } from '@askfirst/protocol/ids.ts'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import { callerOf } from '../plugins/auth.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import { SESSION_COOKIE } from '../plugins/sessions.ts'
import { ROLES } from '../store/entities.ts'
import type { Caller } from '../users/caller.ts'
import { ROLE_PERMISSIONS } from '../users/permissions.ts'
import type { UserService } from '../users/user-service.ts'
import { closed, Nothing, orNull, text } from './fields.ts'

const SignIn = Type.Object({ email: text(254), password: text(256) }, closed)

const SessionView = Type.Object({
  user: Type.Object({ id: UserId, email: Type.String(), name: Type.String() }),
  role: Type.Enum([...ROLES]),
  permissions: Type.Array(Type.String()),
  /** For the header `x-csrf-token`; null for a caller with a bearer token. */
  csrfToken: orNull(Type.String()),
})

/** `/api/session`: log in, who am I, log out. */
export function sessionRoutes(
  services: { readonly users: UserService; readonly clock: Clock },
  options: { readonly rateBounds: RateBounds },
) {
  return async (app: App): Promise<void> => {
    const { signInPerAccount, signInPerAddress } = options.rateBounds
    const onExceeded = (request: FastifyRequest) => services.users.signInLimited(request.ip)
    const perAddress = rateLimiter(app, signInPerAddress, { keyOf: (request) => `address ${request.ip}`, onExceeded })
    const perAccount = rateLimiter(app, signInPerAccount, {
      keyOf: (request) => `account ${emailOf(request)} ${request.ip}`,
      onExceeded,
    })

    app.post(
      '/api/session',
      {
        config: { permission: 'public' },
        preValidation: perAddress,
        preHandler: perAccount,
        schema: { summary: 'Sign in', security: [], body: SignIn, response: { 200: SessionView } },
      },
      async (request, reply) => {
        if (request.headers.authorization !== undefined) {
          throw new AskFirstError('INVALID_REQUEST', 'Sign in without an Authorization header.')
        }
        const user = await services.users.signIn(request.body.email, request.body.password, request.ip)
        // A new id at every sign-in: an id that somebody planted before is worth nothing (session fixation).
        await request.session.regenerate()
        const now = services.clock.now()
        Object.assign(request.session, { userId: user.id, startedAt: now, touchedAt: now })
        const csrfToken = reply.generateCsrf()
        await request.session.save()
        return sessionView(
          { user, via: 'session', role: user.role, permissions: ROLE_PERMISSIONS[user.role] },
          csrfToken,
        )
      },
    )

    app.get(
      '/api/session',
      {
        config: { permission: 'session.own' },
        schema: { summary: 'Who am I', response: { 200: SessionView } },
      },
      async (request, reply) => {
        const caller = callerOf(request)
        return sessionView(caller, caller.via === 'session' ? reply.generateCsrf() : null)
      },
    )

    app.delete(
      '/api/session',
      {
        config: { permission: 'session.own' },
        schema: { summary: 'Sign out', response: { 204: Nothing } },
      },
      async (request, reply) => {
        const caller = callerOf(request)
        if (caller.via === 'token')
          throw new AskFirstError('INVALID_REQUEST', 'A token has no session; delete the token.')
        await request.session.destroy()
        await services.users.signedOut(caller.user)
        return reply.clearCookie(SESSION_COOKIE, { path: '/', secure: true }).code(204).send(null)
      },
    )
  }
}

function emailOf(request: FastifyRequest): string {
  // The body passed the schema above before this is called.
  return (request.body as { readonly email: string }).email.toLowerCase()
}

function sessionView(caller: Caller, csrfToken: string | null) {
  const { user, role, permissions } = caller
  return { user: { id: user.id, email: user.email, name: user.name }, role, permissions: [...permissions], csrfToken }
}
