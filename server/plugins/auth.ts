import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FastifyRequest } from 'fastify'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { Caller } from '../users/caller.ts'
import { needsFactor, sessionPermissions } from '../users/permissions.ts'
import { SESSION_TOUCH_MS } from '../users/session-store.ts'
import type { TokenService } from '../users/token-service.ts'
import type { UserService } from '../users/user-service.ts'
import { isSafeMethod, refuseForeignOrigin } from './origin.ts'

export interface AuthInput {
  readonly users: Pick<UserService, 'enabledUser'>
  readonly tokens: Pick<TokenService, 'callerOf'>
  readonly settings: Pick<SettingsService, 'latest'>
  readonly clock: Clock
  /** Origins of the server's own pages, asked at each request (the port may be known only after listening). */
  readonly origins: () => ReadonlySet<string>
}

/**
 * Finds out who calls, then checks, in this order: origin and CSRF token (not for bearer tokens, which no browser sends
 * by itself), and the route's permission. Runs before the body is read.
 */
export function registerAuth(app: App, input: AuthInput): void {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request) => {
    request.caller = await findCaller(request, input)
    if (!isSafeMethod(request.method) && request.caller?.via !== 'token') refuseForeignOrigin(request, input.origins())
  })
  app.addHook('onRequest', (request, reply, done) => {
    const { sentByBrowser = false, ownForm = false } = request.routeOptions.config
    if (isSafeMethod(request.method) || request.caller?.via !== 'session' || sentByBrowser || ownForm) done()
    else app.csrfProtection(request, reply, done)
  })
  app.addHook('onRequest', async (request) => requirePermission(request, input))
}

/**
 * The signed-in caller of a request.
 *
 * @throws AskFirstError NOT_SIGNED_IN when there is none (a public route that needs to know)
 */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null)
    throw new AskFirstError('NOT_SIGNED_IN', 'The request carries no valid session or API token.')
  return request.caller
}

/** With an Authorization header only the token counts: a bad one never falls back to the cookie beside it. */
async function findCaller(request: FastifyRequest, input: AuthInput): Promise<Caller | null> {
  if (request.headers.authorization === undefined) return sessionCaller(request, input)
  const secret = bearerOf(request)
  return secret === null ? null : input.tokens.callerOf(secret)
}

/** The bearer token of a request; null when there is none. */
export function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer (\S{1,128})$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
}

async function sessionCaller(request: FastifyRequest, input: AuthInput): Promise<Caller | null> {
  const { session } = request
  if (session.userId === undefined) return null
  const user = await input.users.enabledUser(session.userId)
  if (user === null) return null
  const now = input.clock.now()
  if (now - (session.touchedAt ?? 0) >= SESSION_TOUCH_MS) {
    session.touchedAt = now
    await session.save()
  }
  const rule = input.settings.latest().secondFactor
  return { user, via: 'session', role: user.role, permissions: sessionPermissions(user.role, session.factor, rule) }
}

function requirePermission(request: FastifyRequest, { settings }: AuthInput): void {
  if (request.is404) return
  const { permission } = request.routeOptions.config
  if (permission === 'public') return
  const caller = callerOf(request)
  if (permission === undefined || !caller.permissions.has(permission)) {
    if (isSettingUp(caller, request, settings)) {
      throw new AskFirstError('SECOND_FACTOR_MISSING', 'This session may only set up a second factor.')
    }
    throw new AskFirstError(
      'NOT_ALLOWED',
      `The role ${caller.role} does not have the permission ${permission ?? 'of this route'}.`,
    )
  }
}

function isSettingUp(caller: Caller, request: FastifyRequest, settings: AuthInput['settings']): boolean {
  if (caller.via !== 'session' || request.session.factor !== undefined) return false
  return needsFactor(caller.role, settings.latest().secondFactor)
}
