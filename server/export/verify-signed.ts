import type { X509Certificate } from 'node:crypto'
import type { JwsHeader } from '@askfirst/protocol/consent-record.ts'
import { verifyJws } from '../consent/verify-jws.ts'
import type { DeviceCertificate } from '../store/entities.ts'

/** As the server allows when it records a receipt: agents' clocks are often a little wrong. */
export const CLOCK_TOLERANCE_MS = 10 * 60_000

/** Certificates of a bundle that chain to its authority, by their SHA-256. */
export type TrustedCertificates = ReadonlyMap<string, X509Certificate>

/** Verifies what a device signed, with the certificates of the bundle. */
export function verifySigned(
  jws: string,
  typ: JwsHeader['typ'],
  certificates: TrustedCertificates,
): { readonly payload: unknown; readonly certificate: X509Certificate } | { readonly problem: string } {
  const verified = verifyJws(
    jws,
    typ,
    [...certificates].map(([sha256, certificate]) => asStored(sha256, certificate)),
  )
  if (!verified.ok) return { problem: `the signature does not hold: ${verified.reason}` }
  const certificate = certificates.get(verified.certificate.sha256)
  return certificate === undefined
    ? { problem: 'its certificate is not in the bundle' }
    : { payload: verified.payload, certificate }
}

/** Dates and revocation are judged here with the time of the decision, not by the signature check. */
function asStored(sha256: string, certificate: X509Certificate): DeviceCertificate {
  return {
    serial: certificate.serialNumber.toLowerCase(),
    deviceId: '' as DeviceCertificate['deviceId'], // Not read by the signature check; `namesDevice` compares the name in the certificate.
    sha256,
    publicKeySha256: '',
    pem: certificate.toString(),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    revokedAt: null,
    revocationReason: null,
  }
}

/** Whether a certificate is that of a device. */
export function namesDevice(certificate: X509Certificate, deviceId: string): boolean {
  return certificate.subjectAltName?.split(', ').includes(`URI:urn:askfirst:device:${deviceId}`) === true
}

/** Whether a certificate was within its dates at a time, in Unix ms. */
export function isValidAt(certificate: X509Certificate, at: number): boolean {
  return (
    at >= certificate.validFromDate.getTime() - CLOCK_TOLERANCE_MS &&
    at <= certificate.validToDate.getTime() + CLOCK_TOLERANCE_MS
  )
}
