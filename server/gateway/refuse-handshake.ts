import type { TLSSocket } from 'node:tls'
import { sha256Hex } from '../ca/certificates.ts'

/** Why a connection is cut off right after the TLS handshake, or null when it may go on. */
export type HandshakeProblem = 'certificate-not-verified' | 'certificate-ended' | 'certificate-revoked'

/**
 * Judges the certificate that a peer showed in the TLS handshake, before a byte of HTTP is read (SPEC H9). A peer without
 * one may go on, because a machine that enrols has none yet. TLS checks neither dates nor the revocation list again when a
 * session is resumed, so both are looked at here.
 *
 * @param revoked SHA-256 of the revoked certificates that have not ended
 */
export function handshakeProblem(
  socket: Pick<TLSSocket, 'authorized' | 'getPeerX509Certificate'>,
  revoked: ReadonlySet<string>,
  now: number,
): HandshakeProblem | null {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return null
  if (!socket.authorized) return 'certificate-not-verified'
  if (now >= Date.parse(certificate.validTo)) return 'certificate-ended'
  // Hashing costs more than it tells while nothing is revoked.
  return revoked.size > 0 && revoked.has(sha256Hex(certificate.raw)) ? 'certificate-revoked' : null
}
