import { hash } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { deviceIdOf } from '../ca/authority.ts'

/** What the certificate of a TLS peer says. */
export interface PeerCertificate {
  /** SHA-256 of the DER, hexadecimal. */
  readonly sha256: string
  /** Null when it names no device. */
  readonly deviceId: DeviceId | null
  /** Unix ms. */
  readonly endsAt: number
}

/** Reads the certificate that a peer showed; undefined when it showed none. Costs as much as a message: once a connection. */
export function readPeerCertificate(socket: Pick<TLSSocket, 'getPeerX509Certificate'>): PeerCertificate | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return undefined
  return {
    sha256: hash('sha256', certificate.raw, 'hex'),
    deviceId: deviceIdOf(certificate),
    endsAt: certificate.validToDate.getTime(),
  }
}
