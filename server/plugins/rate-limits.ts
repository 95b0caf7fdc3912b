import { AskFirstError } from '@askfirst/protocol/errors.ts'
import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app-types.ts'

export interface RateBound {
  /** Requests within the window that are still answered. */
  readonly max: number
  readonly windowMs: number
}

export interface RateBounds {
  /** Log-in tries for one account from one address. */
  readonly signInPerAccount: RateBound
  /** Log-in tries from one address, whatever the account: stops trying one password on many accounts. */
  readonly signInPerAddress: RateBound
  readonly setup: RateBound
  /** Second factors tried for one account, from wherever: whoever tries has the password already. */
  readonly factorPerAccount: RateBound
  /** Second factors tried in one half sign-in. */
  readonly factorPerSignIn: RateBound
  /** Passwords typed once more by one signed-in person. */
  readonly confirmation: RateBound
  /** Links of invitations tried from one address. */
  readonly invitation: RateBound
  /** Links from mails tried from one address, and new ones asked for. */
  readonly requesterLink: RateBound
  /** Reports of browsers from one address that a page broke the content security policy. */
  readonly policyReport: RateBound
}

export const RATE_BOUNDS: RateBounds = {
  signInPerAccount: { max: 8, windowMs: 15 * 60_000 },
  signInPerAddress: { max: 60, windowMs: 15 * 60_000 },
  setup: { max: 10, windowMs: 15 * 60_000 },
  // Three codes of a million fit at a time: ten tries in a quarter of an hour leave 0.3 % a day to who has the password.
  factorPerAccount: { max: 10, windowMs: 15 * 60_000 },
  factorPerSignIn: { max: 5, windowMs: 5 * 60_000 },
  confirmation: { max: 8, windowMs: 15 * 60_000 },
  invitation: { max: 20, windowMs: 15 * 60_000 },
  requesterLink: { max: 30, windowMs: 15 * 60_000 },
  policyReport: { max: 30, windowMs: 15 * 60_000 },
}

/** Keys that are remembered at once; older ones are forgotten, so that a flood of addresses stays bounded. */
const MOST_KEYS = 10_000

export async function registerRateLimits(app: App): Promise<void> {
  await app.register(fastifyRateLimit, { global: false, cache: MOST_KEYS })
}

/**
 * A check that counts a request and refuses it over the bound; use it before any costly work.
 *
 * @param of.keyOf what a request counts for
 * @param of.onExceeded called with the first request over the bound, once a key and window: a flood is told once
 */
export function rateLimiter(
  app: App,
  bound: RateBound,
  of: {
    readonly keyOf: (request: FastifyRequest) => string
    readonly onExceeded?: (request: FastifyRequest) => Promise<void>
  },
) {
  const count = app.createRateLimit({ max: bound.max, timeWindow: bound.windowMs, keyGenerator: of.keyOf })
  const told = new Map<string, number>()
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const result = await count(request)
    if (result.isAllowed || !result.isExceeded) return
    const now = performance.now()
    if ((told.get(result.key) ?? 0) <= now) {
      if (told.size >= MOST_KEYS) told.clear()
      told.set(result.key, now + result.ttl)
      await of.onExceeded?.(request)
    }
    void reply.header('retry-after', String(result.ttlInSeconds))
    throw new AskFirstError('RATE_LIMITED', `More than ${bound.max} tries in ${bound.windowMs / 60_000} minutes.`)
  }
}
