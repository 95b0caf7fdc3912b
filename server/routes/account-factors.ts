import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { Instant } from '@askfirst/protocol/fields.ts'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import { keepChallenge, takeChallenge } from '../plugins/challenges.ts'
import type { Confirm } from '../plugins/confirmation.ts'
import { createConfirm, ownUser } from '../plugins/confirmation.ts'
import { passkeyPlace } from '../plugins/passkey-place.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { User } from '../store/entities.ts'
import type { FactorKind, Passkey } from '../store/factor-entities.ts'
import type { AccountService } from '../users/account-service.ts'
import type { PasskeyService } from '../users/passkey-service.ts'
import { needsFactor } from '../users/permissions.ts'
import type { SecondFactorService } from '../users/second-factor-service.ts'
import { factorKinds } from '../users/second-factor-service.ts'
import { sessionIdHash } from '../users/session-store.ts'
import { closed, InstantOrNull, Nothing, orNull, text } from './fields.ts'
import { BrowserOptions, RegistrationResponse } from './webauthn-fields.ts'

const own = { permission: 'factor.own' } as const
/** Needed when the sign-in is more than ten minutes old. */
const Confirmed = Type.Object({ password: Type.Optional(text(256)) }, closed)
const Codes = orNull(Type.Array(Type.String(), { description: 'New recovery codes, shown this once; null: none' }))

const PasskeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** The domain name it belongs to. */
  rpId: Type.String(),
  backedUp: Type.Boolean(),
  createdAt: Instant,
  lastUsedAt: InstantOrNull,
})

const FactorsView = Type.Object({
  /** Whether the organisation asks this person for a second factor. */
  required: Type.Boolean(),
  totp: orNull(Type.Object({ confirmedAt: Instant })),
  passkeys: Type.Array(PasskeyView),
  recoveryCodesLeft: Type.Integer(),
})

export interface AccountFactorDeps {
  readonly account: AccountService
  readonly factors: SecondFactorService
  readonly passkeys: PasskeyService
  readonly settings: SettingsService
  readonly clock: Clock
}

interface FactorRouteOptions {
  readonly rateBounds: RateBounds
  readonly origins: () => ReadonlySet<string>
}

/** `/api/account/second-factors`, `/totp`, `/recovery-codes`, `/passkeys`: one's own second factors. */
export function accountFactorRoutes(services: AccountFactorDeps, options: FactorRouteOptions) {
  return async (app: App): Promise<void> => {
    const confirm = createConfirm(app, { ...services, rateBounds: options.rateBounds })
    standingRoute(app, services)
    totpRoutes(app, services, { confirm, rateBounds: options.rateBounds })
    recoveryRoute(app, services, confirm)
    passkeyRoutes(app, services, { confirm, origins: options.origins })
  }
}

function standingRoute(app: App, { factors, settings }: AccountFactorDeps): void {
  app.get(
    '/api/account/second-factors',
    {
      config: own,
      schema: { summary: 'Your second factors', response: { 200: FactorsView } },
    },
    async (request) => {
      const user = ownUser(request)
      const { totp, passkeys, recoveryCodesLeft } = await factors.standing(user)
      const confirmedAt = totp?.confirmedAt ?? null
      return {
        required: needsFactor(user.role, settings.latest().secondFactor),
        totp: confirmedAt === null ? null : { confirmedAt },
        passkeys: passkeys.map(passkeyView),
        recoveryCodesLeft,
      }
    },
  )
}

function totpRoutes(
  app: App,
  services: AccountFactorDeps,
  { confirm, rateBounds }: { readonly confirm: Confirm; readonly rateBounds: RateBounds },
): void {
  const { factors } = services
  app.post(
    '/api/account/totp',
    {
      config: own,
      schema: {
        summary: 'Begin to set up an authenticator app; the secret is shown this once',
        body: Confirmed,
        response: {
          200: Type.Object({
            secret: Type.String(),
            uri: Type.String(),
            /** Data of an SVG path, and the side of its square. */
            qr: Type.Object({ size: Type.Integer(), path: Type.String() }),
          }),
        },
      },
    },
    async (request, reply) => factors.beginTotp(await confirm(request, reply, request.body.password)),
  )

  app.post(
    '/api/account/totp/confirm',
    {
      config: own,
      preHandler: rateLimiter(app, rateBounds.factorPerAccount, {
        keyOf: (request) => `set up ${request.caller?.user.id ?? request.ip}`,
      }),
      schema: {
        summary: 'Finish the set-up with the first code of the app',
        body: Type.Object({ code: text(64) }, closed),
        response: { 200: Type.Object({ recoveryCodes: Codes }) },
      },
    },
    async (request) => {
      const user = ownUser(request)
      await factors.confirmTotp(user, request.body.code)
      return { recoveryCodes: await gained(services, request, { user, kind: 'totp' }) }
    },
  )

  app.delete(
    '/api/account/totp',
    {
      config: own,
      schema: { summary: 'Remove the authenticator app', body: Confirmed, response: { 204: Nothing } },
    },
    async (request, reply) => {
      await factors.removeTotp(await confirm(request, reply, request.body?.password))
      return reply.code(204).send(null)
    },
  )
}

function recoveryRoute(app: App, { factors }: AccountFactorDeps, confirm: Confirm): void {
  app.post(
    '/api/account/recovery-codes',
    {
      config: own,
      schema: {
        summary: 'Make new recovery codes; the earlier ones stop working',
        body: Confirmed,
        response: { 200: Type.Object({ recoveryCodes: Type.Array(Type.String()) }) },
      },
    },
    async (request, reply) => {
      const user = await confirm(request, reply, request.body.password)
      if (factorKinds(await factors.standing(user)).length === 0) {
        throw new AskFirstError('CONFLICT', 'Recovery codes stand in for a second factor; set one up first.')
      }
      return { recoveryCodes: [...(await factors.newRecoveryCodes(user))] }
    },
  )
}

function passkeyRoutes(
  app: App,
  services: AccountFactorDeps,
  { confirm, origins }: { readonly confirm: Confirm; readonly origins: () => ReadonlySet<string> },
): void {
  const { passkeys, clock } = services
  app.post(
    '/api/account/passkeys/options',
    {
      config: own,
      schema: {
        summary: 'What the browser needs to make a passkey',
        body: Confirmed,
        response: { 200: BrowserOptions },
      },
    },
    async (request, reply) => {
      const user = await confirm(request, reply, request.body.password)
      const made = await passkeys.registrationOptions(user, passkeyPlace(request, origins()))
      await keepChallenge(request, clock, { value: made.challenge, purpose: 'create' })
      return made
    },
  )

  app.post(
    '/api/account/passkeys',
    {
      config: own,
      schema: {
        summary: 'Keep the passkey that the browser made',
        body: Type.Object({ name: text(100), response: RegistrationResponse }, closed),
        response: { 201: Type.Object({ passkey: PasskeyView, recoveryCodes: Codes }) },
      },
    },
    async (request, reply) => {
      const user = ownUser(request)
      const place = passkeyPlace(request, origins())
      const challenge = await takeChallenge(request, clock, 'create')
      const { name, response } = request.body
      const passkey = await passkeys.add(user, { ...place, challenge, name, response })
      const recoveryCodes = await gained(services, request, { user, kind: 'passkey' })
      return reply.code(201).send({ passkey: passkeyView(passkey), recoveryCodes })
    },
  )

  app.delete(
    '/api/account/passkeys/:id',
    {
      config: own,
      schema: {
        summary: 'Remove a passkey',
        params: Type.Object({ id: text(64) }, closed),
        body: Confirmed,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await passkeys.remove(await confirm(request, reply, request.body?.password), request.params.id)
      return reply.code(204).send(null)
    },
  )
}

/** After a factor was added: this session has shown it, the others end, and the first factor brings recovery codes. */
async function gained(
  { account, factors }: AccountFactorDeps,
  request: FastifyRequest,
  { user, kind }: { readonly user: User; readonly kind: FactorKind },
): Promise<string[] | null> {
  request.session.factor ??= kind
  await request.session.save()
  await account.endOthers(user, sessionIdHash(request.session.sessionId))
  const codes = await factors.firstRecoveryCodes(user)
  return codes === null ? null : [...codes]
}

function passkeyView({ id, name, rpId, backedUp, createdAt, lastUsedAt }: Passkey) {
  return { id, name, rpId, backedUp, createdAt, lastUsedAt }
}
