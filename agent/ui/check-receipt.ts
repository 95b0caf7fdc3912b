import { createHash, createPublicKey, verify } from 'node:crypto'

/**
 * Whether a signed record is the one that the device's own record names, and was signed with the device's key: the compact
 * JWS (ES256) over its exact bytes, and their SHA-256.
 *
 * @param publicKeyPem the device's public key
 */
export function isReceiptSound(jws: string, jwsSha256: string, publicKeyPem: string): boolean {
  if (createHash('sha256').update(jws).digest('hex') !== jwsSha256) return false
  const [header = '', payload = '', signature = '', ...rest] = jws.split('.')
  if (rest.length > 0) return false
  const key = { key: createPublicKey(publicKeyPem), dsaEncoding: 'ieee-p1363' } as const
  return verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))
}
