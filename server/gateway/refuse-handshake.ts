import type { TLSSocket } from 'node:tls'
import type { PeerCertificate } from './peer-certificate.ts'

/** Why a connection is cut off right after the TLS handshake, or null when it may go on. */
export type HandshakeProblem =
  | 'certificate-not-verified'
  | 'certificate-ended'
  | 'certificate-revoked'
  | 'revocation-list-ended'

/** The certificates that are revoked, by their SHA-256, and until when (Unix ms) this list may let anybody in. */
export interface RevokedCertificates {
  readonly revoked: ReadonlySet<string>
  readonly revokedUntil: number
}

/**
 * Judges the certificate that a peer showed in the TLS handshake, before a byte of HTTP is read (SPEC H9). TLS checks
 * dates and revocation list in a full handshake only, so both are looked at here, for a resumed session too.
 */
export function handshakeProblem(
  { authorized }: Pick<TLSSocket, 'authorized'>,
  certificate: PeerCertificate,
  { revoked, revokedUntil }: RevokedCertificates,
  now: number,
): HandshakeProblem | null {
  if (!authorized) return 'certificate-not-verified'
  if (now >= certificate.endsAt) return 'certificate-ended'
  if (now >= revokedUntil) return 'revocation-list-ended'
  return revoked.has(certificate.sha256) ? 'certificate-revoked' : null
}
