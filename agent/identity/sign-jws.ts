import type { KeyObject } from 'node:crypto'
import { sign, X509Certificate } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { JwsHeader } from '@askfirst/protocol/consent-record.ts'

/** Signs a payload: compact JWS (RFC 7515) with ES256 (RFC 7518, section 3.4). */
export type SignJws = (typ: JwsHeader['typ'], payloadCanonicalJson: string) => string

/**
 * Makes the signing function of a device. The header names the signing certificate by its SHA-256, so that the server
 * can verify with the certificate of that time after a renewal.
 */
export function createSignJws({
  key,
  certificatePem,
}: {
  readonly key: KeyObject
  readonly certificatePem: string
}): SignJws {
  const thumbprint = Buffer.from(new X509Certificate(certificatePem).fingerprint256.replaceAll(':', ''), 'hex')
  return (typ, payload) => {
    const header = canonicalJson({
      alg: 'ES256',
      typ,
      'x5t#S256': thumbprint.toString('base64url'),
    } satisfies JwsHeader)
    const input = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
    // JWS wants r and s side by side, not the DER that OpenSSL gives by default.
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
    return `${input}.${signature.toString('base64url')}`
  }
}
