import type { TLSSocket } from 'node:tls'
import type { CertificateAuthority } from '../ca/authority.ts'
import { deviceIdOf } from '../ca/authority.ts'
import { sha256Hex } from '../ca/certificates.ts'
import type { Clock } from '../clock.ts'
import type { Device } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { DeviceIdentity } from './session.ts'

/** Why a peer was not let in; for the log. The peer learns only that its certificate is refused. */
export type PeerVerdict =
  | { readonly ok: true; readonly identity: DeviceIdentity; readonly device: Device }
  | { readonly ok: false; readonly reason: string; readonly revoked: boolean }

/**
 * Decides by its certificate who a peer is (SPEC W2). The store is asked every time: TLS checks neither dates nor the
 * revocation list again when a session is resumed.
 */
export async function checkPeer(
  socket: TLSSocket,
  deps: { readonly store: Store; readonly authority: CertificateAuthority; readonly clock: Clock },
): Promise<PeerVerdict> {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return refused('no client certificate')
  if (!socket.authorized) return refused(`TLS did not verify the certificate: ${String(socket.authorizationError)}`)
  const deviceId = deviceIdOf(certificate)
  const known = await deps.store.devices.certificateBySha256(sha256Hex(certificate.raw))
  if (deviceId === null || known === null) return refused('the certificate is not known')
  if (known.deviceId !== deviceId) return refused('the certificate belongs to another device record')
  if (known.revokedAt !== null) return refused('the certificate is revoked', true)
  const now = deps.clock.now()
  if (now < Date.parse(known.notBefore) || now >= Date.parse(known.notAfter))
    return refused('the certificate is not within its dates')
  const device = await deps.store.devices.get(deviceId)
  if (device === null || device.standing === 'revoked') return refused('the device is revoked', true)
  return {
    ok: true,
    device,
    identity: {
      deviceId,
      standing: device.standing,
      certificateSha256: known.sha256,
      certificateEndsAt: Date.parse(known.notAfter),
      address: socket.remoteAddress ?? '',
    },
  }
}

function refused(reason: string, revoked = false): PeerVerdict {
  return { ok: false, reason, revoked }
}
