import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { Side } from './local-frames.ts'

const closed = { additionalProperties: false }
const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** First frame, from the service. */
export const Challenge = Type.Object(
  { channel: Type.Literal('askfirst.local.v1'), session: Hex32, nonce: Hex32 },
  closed,
)
export type Challenge = Static<typeof Challenge>

/** Second frame: which secret, and proof of knowing it. The secret itself never travels. */
export const Claim = Type.Object(
  { secret: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }), nonce: Hex32, proof: Hex32 },
  closed,
)
export type Claim = Static<typeof Claim>

/** Third frame: the service's proof, or that it does not know this secret. */
export const Welcome = Type.Union([
  Type.Object({ proof: Hex32 }, closed),
  Type.Object({ refused: Type.Literal('LOCAL_AUTH_FAILED') }, closed),
])
export type Welcome = Static<typeof Welcome>

const validators = { challenge: schemaCheck(Challenge), claim: schemaCheck(Claim), welcome: schemaCheck(Welcome) }

/** Reads a handshake frame; null when it is not exactly what is due. */
export function readChallenge(frame: Buffer): Challenge | null {
  const value = parse(frame)
  return validators.challenge.Check(value) ? value : null
}

/** @see readChallenge */
export function readClaim(frame: Buffer): Claim | null {
  const value = parse(frame)
  return validators.claim.Check(value) ? value : null
}

/** @see readChallenge */
export function readWelcome(frame: Buffer): Welcome | null {
  const value = parse(frame)
  return validators.welcome.Check(value) ? value : null
}

/** What both proofs and the session key are bound to: this one session and both sides' fresh nonces. */
export interface Session {
  readonly session: string
  readonly serviceNonce: string
  readonly personNonce: string
  readonly secretName: string
}

/** HMAC-SHA-256 that shows that one side knows the secret, in this session only and not for the other side. */
export function proofOf(side: Side, secret: Uint8Array, session: Session): string {
  return createHmac('sha256', secret)
    .update(`askfirst.local.v1\n${side}\n${transcript(session)}`)
    .digest('hex')
}

export function proofFits(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given))
}

/** Key of the session's frames (HKDF-SHA-256): whoever relayed the handshake without the secret cannot read or forge one. */
export function sessionKey(secret: Uint8Array, session: Session): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, transcript(session), 'askfirst.local.v1 frames', 32))
}

function transcript({ session, serviceNonce, personNonce, secretName }: Session): string {
  return [session, serviceNonce, personNonce, secretName].join('\n')
}

function parse(frame: Buffer): unknown {
  try {
    return JSON.parse(frame.toString('utf8'))
  } catch {
    return null // Matches no schema.
  }
}
