import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import { keepChallenge, takeChallenge } from '../plugins/challenges.ts'
import { passkeyPlace } from '../plugins/passkey-place.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { User } from '../store/entities.ts'
import type { FactorKind } from '../store/factor-entities.ts'
import type { PasskeyService } from '../users/passkey-service.ts'
import type { SecondFactorService } from '../users/second-factor-service.ts'
import type { UserService } from '../users/user-service.ts'
import { closed, text } from './fields.ts'
import { passwordMark } from './session.ts'
import { openSession, SessionView } from './session-view.ts'
import { AuthenticationResponse, BrowserOptions } from './webauthn-fields.ts'

const open = { permission: 'public' } as const
const Code = Type.Object({ code: text(64) }, closed)

interface FactorRouteDeps {
  readonly users: UserService
  readonly factors: SecondFactorService
  readonly passkeys: PasskeyService
  readonly settings: SettingsService
  readonly clock: Clock
}

/** `/api/session/totp`, `/recovery`, `/passkey`: the second half of a sign-in whose password was right. */
export function sessionFactorRoutes(
  services: FactorRouteDeps,
  options: { readonly rateBounds: RateBounds; readonly origins: () => ReadonlySet<string> },
) {
  const { factors, passkeys, clock } = services
  return async (app: App): Promise<void> => {
    const tries = [perSignIn(app, options.rateBounds), perAccount(app, options.rateBounds)]

    const byCode = (
      kind: 'totp' | 'recovery',
      summary: string,
      isRight: (user: User, code: string) => Promise<boolean>,
    ) =>
      app.post(
        `/api/session/${kind}`,
        {
          config: open,
          preHandler: tries,
          schema: { summary, security: [], body: Code, response: { 200: SessionView } },
        },
        async (request, reply) => {
          const user = await halfSignedIn(request, services)
          const isShown = await isRight(user, request.body.code)
          return finish(services, { request, reply }, { user, kind, isShown })
        },
      )
    byCode('totp', 'Sign in, second half: a code of the authenticator app', factors.useTotp)
    byCode('recovery', 'Sign in, second half: a recovery code', factors.useRecoveryCode)

    app.post(
      '/api/session/passkey/options',
      {
        config: open,
        schema: {
          summary: 'What the browser needs to show a passkey',
          security: [],
          response: { 200: BrowserOptions },
        },
      },
      async (request) => {
        const user = await halfSignedIn(request, services)
        const made = await passkeys.authenticationOptions(user, passkeyPlace(request, options.origins()))
        await keepChallenge(request, clock, { value: made.challenge, purpose: 'get' })
        return made
      },
    )

    app.post(
      '/api/session/passkey',
      {
        config: open,
        preHandler: tries,
        schema: {
          summary: 'Sign in, second half: a passkey',
          security: [],
          body: Type.Object({ response: AuthenticationResponse }, closed),
          response: { 200: SessionView },
        },
      },
      async (request, reply) => {
        const user = await halfSignedIn(request, services)
        const place = passkeyPlace(request, options.origins())
        const challenge = await takeChallenge(request, clock, 'get')
        const { response: shown } = request.body
        // Browsers send null where the authenticator names no user; the library expects nothing then.
        const { userHandle, ...signed } = shown.response
        const response = { ...shown, response: { ...signed, ...(userHandle ? { userHandle } : {}) } }
        const isShown = await passkeys.use(user, { ...place, challenge, response })
        return finish(services, { request, reply }, { user, kind: 'passkey', isShown })
      },
    )
  }
}

function perSignIn(app: App, { factorPerSignIn }: RateBounds) {
  return rateLimiter(app, factorPerSignIn, { keyOf: (request) => `half ${request.session.sessionId}` })
}

function perAccount(app: App, { factorPerAccount }: RateBounds) {
  return rateLimiter(app, factorPerAccount, {
    keyOf: (request) => `factor ${request.session.half?.userId ?? request.ip}`,
  })
}

/** Whose password was right in this browser a moment ago. @throws AskFirstError SIGN_IN_EXPIRED */
async function halfSignedIn(request: FastifyRequest, { users, clock }: FactorRouteDeps): Promise<User> {
  const { half } = request.session
  const user = half === undefined || half.until <= clock.now() ? null : await users.enabledUser(half.userId)
  if (user === null || half?.passwordMark !== passwordMark(user)) {
    throw new AskFirstError('SIGN_IN_EXPIRED', 'No sign-in waits for a second factor in this browser.')
  }
  return user
}

async function finish(
  services: FactorRouteDeps,
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  shown: { readonly user: User; readonly kind: FactorKind; readonly isShown: boolean },
) {
  const { user, kind, isShown } = shown
  if (!isShown) {
    await services.factors.refused(user, kind, exchange.request.ip)
    throw new AskFirstError('SECOND_FACTOR_FAILED', 'It does not fit, or was used before.')
  }
  return openSession(services, exchange, { user, factor: kind })
}
