import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'

const LIFETIME_MS = 3 * 60_000

/** Keeps the challenge that a browser was given, for one answer. */
export async function keepChallenge(
  request: FastifyRequest,
  clock: Clock,
  { value, purpose }: { readonly value: string; readonly purpose: 'create' | 'get' },
): Promise<void> {
  request.session.challenge = { value, purpose, until: clock.now() + LIFETIME_MS }
  await request.session.save()
}

/** Takes the challenge that was kept: it works once, right or wrong. @throws AskFirstError SIGN_IN_EXPIRED */
export async function takeChallenge(request: FastifyRequest, clock: Clock, purpose: 'create' | 'get'): Promise<string> {
  const { challenge } = request.session
  delete request.session.challenge
  await request.session.save()
  if (challenge === undefined || challenge.purpose !== purpose || challenge.until <= clock.now()) {
    throw new AskFirstError('SIGN_IN_EXPIRED', 'No question for a passkey is open in this browser.')
  }
  return challenge.value
}
