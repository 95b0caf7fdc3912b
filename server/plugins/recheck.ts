import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { SessionStore } from '../store/sign-in-stores.ts'
import type { Caller } from '../users/caller.ts'
import { sessionPermissions } from '../users/permissions.ts'
import { sessionIdHash } from '../users/session-store.ts'
import type { AuthInput } from './auth.ts'
import { bearerOf } from './auth.ts'

/** Whether a caller of a long-lived socket still has the rights that the socket was opened with. */
export type Recheck = (request: FastifyRequest, caller: Caller) => Promise<boolean>

/** Looks again at the session or token behind an open socket. */
export function createRecheck(
  input: Pick<AuthInput, 'users' | 'tokens' | 'settings'> & { readonly sessions: SessionStore; readonly clock: Clock },
): Recheck {
  const { users, tokens, settings, sessions, clock } = input
  return async (request, caller) => {
    if (caller.via === 'token') {
      const secret = bearerOf(request)
      const now = secret === null ? null : await tokens.callerOf(secret)
      return now !== null && isSame(caller.permissions, now.permissions)
    }
    const session = await sessions.get(sessionIdHash(request.session.sessionId), isoNow(clock))
    const user = session === null ? null : await users.enabledUser(caller.user.id)
    const { secondFactor } = settings.latest()
    return (
      user !== null && isSame(caller.permissions, sessionPermissions(user.role, request.session.factor, secondFactor))
    )
  }
}

function isSame<Item>(left: ReadonlySet<Item>, right: ReadonlySet<Item>): boolean {
  return left.size === right.size && left.isSubsetOf(right)
}
