import { generateSecret, generateURI, verify } from 'otplib/functional'

/** RFC 6238 as every authenticator app speaks it: SHA-1, six digits, 30 seconds. */
const SHAPE = { algorithm: 'sha1', digits: 6, period: 30 } as const
/** RFC 6238 section 5.2: one step to either side, for clocks that are off and people who type slowly. */
const TOLERANCE_SECONDS = SHAPE.period
const SECRET_BYTES = 20
const CODE = /^\d{6}$/

/** A new secret in base32, 160 bits. */
export function newTotpSecret(): string {
  return generateSecret({ length: SECRET_BYTES })
}

/** What the QR code says. */
export function totpUri(secret: string, account: string, issuer: string): string {
  return generateURI({ secret, label: account, issuer, ...SHAPE })
}

/** The time step that a code belongs to; null when it fits none near `nowMs`. Blanks in the code are people's own. */
export async function totpStep(secret: string, code: string, nowMs: number): Promise<number | null> {
  const token = code.replaceAll(/\s/g, '')
  if (!CODE.test(token)) return null
  const epoch = Math.floor(nowMs / 1_000)
  const result = await verify({ secret, token, epoch, epochTolerance: TOLERANCE_SECONDS, ...SHAPE })
  return result.valid && 'timeStep' in result ? result.timeStep : null
}
