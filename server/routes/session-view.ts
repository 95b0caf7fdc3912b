import { UserId } from '@askfirst/protocol/ids.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Clock } from '../clock.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { User } from '../store/entities.ts'
import { ROLES } from '../store/entities.ts'
import type { FactorKind } from '../store/factor-entities.ts'
import { FACTOR_KINDS } from '../store/factor-entities.ts'
import type { Caller } from '../users/caller.ts'
import { needsFactor, sessionPermissions } from '../users/permissions.ts'
import { boundLevel } from '../users/support-level.ts'
import type { UserService } from '../users/user-service.ts'
import { orNull } from './fields.ts'

const MOST_USER_AGENT = 300

/** Who is signed in. */
export const SessionView = Type.Object({
  user: Type.Object({
    ...{ id: UserId, email: Type.String(), name: Type.String() },
    /** Up to which level they take tickets; null: any. */
    supportLevel: orNull(Type.Integer()),
  }),
  role: Type.Enum([...ROLES]),
  permissions: Type.Array(Type.String()),
  /** For the header `x-csrf-token`; null for a caller with a bearer token. */
  csrfToken: orNull(Type.String()),
  /** The second factor of this session; null without one, and for a token. */
  factor: orNull(Type.Enum([...FACTOR_KINDS])),
  /** True: the organisation asks for a second factor, and until one is set up nothing else is allowed. */
  mustSetUpFactor: Type.Boolean(),
})

interface OpenDeps {
  readonly users: Pick<UserService, 'signedIn'>
  readonly settings: Pick<SettingsService, 'latest'>
  readonly clock: Clock
}

/** Completes a sign-in: a session with a new id, so that an id that somebody planted before is worth nothing (session fixation). */
export async function openSession(
  deps: OpenDeps,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { user, factor }: { readonly user: User; readonly factor: FactorKind | null },
) {
  const { users, settings, clock } = deps
  await users.signedIn(user, request.ip, factor)
  await request.session.regenerate()
  const now = clock.now()
  Object.assign(request.session, { userId: user.id, startedAt: now, touchedAt: now, ...originOf(request) })
  if (factor !== null) request.session.factor = factor
  const csrfToken = reply.generateCsrf()
  await request.session.save()
  const permissions = sessionPermissions(user.role, factor ?? undefined, settings.latest().secondFactor)
  const caller: Caller = { user, via: 'session', role: user.role, permissions }
  return sessionView(caller, { csrfToken, factor, rule: settings.latest().secondFactor })
}

/** What a list of sessions says about where one came from; the browser's own words, cut. */
function originOf(request: FastifyRequest): { readonly address: string; readonly userAgent: string } {
  return { address: request.ip, userAgent: (request.headers['user-agent'] ?? '').slice(0, MOST_USER_AGENT) }
}

/** What the caller is told about themselves. */
export function sessionView(
  { user, via, role, permissions }: Caller,
  facts: {
    readonly csrfToken: string | null
    readonly factor: FactorKind | null
    readonly rule: Parameters<typeof needsFactor>[1]
  },
) {
  const { csrfToken, factor, rule } = facts
  const mustSetUpFactor = via === 'session' && factor === null && needsFactor(role, rule)
  return {
    user: { id: user.id, email: user.email, name: user.name, supportLevel: boundLevel({ ...user, role }) },
    role,
    permissions: [...permissions],
    csrfToken,
    factor,
    mustSetUpFactor,
  }
}
