import type { TLSSocket } from 'node:tls'
import type { Clock } from '../clock.ts'
import type { Device } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { PeerCertificate } from './peer-certificate.ts'
import type { DeviceIdentity } from './session.ts'

/** Why a peer was not let in; for the log. The peer learns only that its certificate is refused. */
export type PeerVerdict =
  | { readonly ok: true; readonly identity: DeviceIdentity; readonly device: Device }
  | { readonly ok: false; readonly reason: string; readonly revoked: boolean }

/**
 * Decides by its certificate who a peer is (SPEC W2). The store is asked every time: TLS checks no dates again when a
 * session is resumed, and what was revoked a moment ago counts.
 */
export async function checkPeer(
  socket: TLSSocket,
  certificate: PeerCertificate | undefined,
  deps: { readonly store: Pick<Store, 'devices'>; readonly clock: Clock },
): Promise<PeerVerdict> {
  if (certificate === undefined) return refused('no client certificate')
  if (!socket.authorized) return refused(`TLS did not verify the certificate: ${String(socket.authorizationError)}`)
  const { deviceId, sha256: certificateSha256 } = certificate
  const known = await deps.store.devices.connecting(certificateSha256)
  if (deviceId === null || known === null) return refused('the certificate is not known')
  const { device } = known
  if (device.id !== deviceId) return refused('the certificate belongs to another device record')
  if (known.certificate.revokedAt !== null) return refused('the certificate is revoked', true)
  const now = deps.clock.now()
  const certificateEndsAt = Date.parse(known.certificate.notAfter)
  if (now < Date.parse(known.certificate.notBefore) || now >= certificateEndsAt)
    return refused('the certificate is not within its dates')
  if (device.standing === 'revoked') return refused('the device is revoked', true)
  return {
    ok: true,
    device,
    identity: {
      deviceId,
      standing: device.standing,
      certificateSha256,
      certificateEndsAt,
      address: socket.remoteAddress ?? '',
    },
  }
}

function refused(reason: string, revoked = false): PeerVerdict {
  return { ok: false, reason, revoked }
}
