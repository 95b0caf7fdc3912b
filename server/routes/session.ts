import { createHash } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import { callerOf } from '../plugins/auth.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import { SESSION_COOKIE } from '../plugins/sessions.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { User } from '../store/entities.ts'
import type { FactorKind } from '../store/factor-entities.ts'
import type { SecondFactorService } from '../users/second-factor-service.ts'
import { factorKinds } from '../users/second-factor-service.ts'
import type { UserService } from '../users/user-service.ts'
import { closed, Nothing, text } from './fields.ts'
import { openSession, SessionView, sessionView } from './session-view.ts'

const SignIn = Type.Object({ email: text(254), password: text(256) }, closed)
/** How long a right password waits for its second factor. */
const HALF_SIGN_IN_MS = 5 * 60_000

interface SessionRouteDeps {
  readonly users: UserService
  readonly factors: SecondFactorService
  readonly settings: SettingsService
  readonly clock: Clock
}

/** `/api/session`: log in, who am I, log out. The second factor: session-factors.ts. */
export function sessionRoutes(services: SessionRouteDeps, options: { readonly rateBounds: RateBounds }) {
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
        const user = await services.users.checkPassword(request.body.email, request.body.password, request.ip)
        const methods = factorKinds(await services.factors.standing(user))
        if (methods.length > 0) return askForFactor(request, { user, methods, clock: services.clock })
        return openSession(services, { request, reply }, { user, factor: null })
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
        const isSession = caller.via === 'session'
        return sessionView(caller, {
          csrfToken: isSession ? reply.generateCsrf() : null,
          factor: isSession ? (request.session.factor ?? null) : null,
          rule: services.settings.latest().secondFactor,
        })
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

/** Remembers in a session that grants nothing that the password was right, and asks for the rest. */
async function askForFactor(
  request: FastifyRequest,
  input: { readonly user: User; readonly methods: readonly FactorKind[]; readonly clock: Clock },
): Promise<never> {
  const { user, methods, clock } = input
  await request.session.regenerate()
  request.session.half = {
    userId: user.id,
    passwordMark: passwordMark(user),
    until: clock.now() + HALF_SIGN_IN_MS,
  }
  await request.session.save()
  throw new AskFirstError('SECOND_FACTOR_REQUIRED', 'Show one of the methods within five minutes.', {
    details: { methods: [...methods] },
  })
}

/** Tells a half sign-in that the password was changed since, without keeping anything of it. */
export function passwordMark({ passwordHash }: Pick<User, 'passwordHash'>): string {
  return createHash('sha256').update(passwordHash).digest('hex')
}

function emailOf(request: FastifyRequest): string {
  // The body passed the schema above before this is called.
  return (request.body as { readonly email: string }).email.toLowerCase()
}
