import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import type { User } from '../store/entities.ts'
import type { AccountService } from '../users/account-service.ts'
import { callerOf } from './auth.ts'
import type { RateBounds } from './rate-limits.ts'
import { rateLimiter } from './rate-limits.ts'

/** So long after a sign-in nobody is asked for the password again. */
const FRESH_MS = 10 * 60_000

/** Asks once more who sits there, before something changes how the person signs in. */
export type Confirm = (request: FastifyRequest, reply: FastifyReply, password: string | undefined) => Promise<User>

/** Makes the question; a wrong password counts against a bound of its own. */
export function createConfirm(
  app: App,
  deps: { readonly account: AccountService; readonly clock: Clock; readonly rateBounds: RateBounds },
): Confirm {
  const { account, clock, rateBounds } = deps
  const limit = rateLimiter(app, rateBounds.confirmation, {
    keyOf: (request) => `confirm ${callerOf(request).user.id}`,
  })
  return async (request, reply, password) => {
    const user = ownUser(request)
    if (clock.now() - (request.session.startedAt ?? 0) < FRESH_MS) return user
    if (password === undefined) {
      throw new AskFirstError('PASSWORD_NEEDED', 'The sign-in is more than ten minutes old.')
    }
    await limit(request, reply)
    if (!(await account.isPassword(user, password))) {
      throw new AskFirstError('PASSWORD_NEEDED', 'This is not the password of your account.')
    }
    return user
  }
}

/** The person in this browser. @throws AskFirstError INVALID_REQUEST for a token: a script has no account page */
export function ownUser(request: FastifyRequest): User {
  const { via, user } = callerOf(request)
  if (via === 'token') throw new AskFirstError('INVALID_REQUEST', 'Only a signed-in browser may do this, no token.')
  return user
}
