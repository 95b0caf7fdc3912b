import { createHmac, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { RECEIPT_TYP } from '@askfirst/protocol/consent-record.ts'
import type { ScriptedIdentity } from './scripted-agent.ts'

/** base64url of a text. */
export function encoded(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64url')
}

/** Thumbprint of a certificate as the header of a receipt names it. */
export function thumbprint(certificatePem: string): string {
  return Buffer.from(new X509Certificate(certificatePem).fingerprint256.replaceAll(':', ''), 'hex').toString(
    'base64url',
  )
}

/** The header of an honest receipt. */
export function receiptHeader(identity: ScriptedIdentity): Record<string, unknown> {
  return { alg: 'ES256', typ: RECEIPT_TYP, 'x5t#S256': thumbprint(identity.answer.certificate) }
}

/** Signs any header and any payload text with ES256, whatever the header says. */
export function signedParts(key: KeyObject, header: object | string, payload: string | Uint8Array): string {
  const head = typeof header === 'string' ? header : canonicalJson(header)
  const bytes = `${encoded(head)}.${encoded(payload)}`
  return `${bytes}.${encoded(sign('sha256', Buffer.from(bytes), { key, dsaEncoding: 'ieee-p1363' }))}`
}

/** The same with a signature in DER, as certificates carry it. */
export function signedAsDer(key: KeyObject, header: object, payload: string): string {
  const bytes = `${encoded(canonicalJson(header))}.${encoded(payload)}`
  return `${bytes}.${encoded(sign('sha256', Buffer.from(bytes), key))}`
}

/** HS256 with the device's public key as the secret: fools a verifier that believes the header's `alg`. */
export function signedWithPublicKey(identity: ScriptedIdentity, payload: string): string {
  const bytes = `${encoded(canonicalJson({ ...receiptHeader(identity), alg: 'HS256' }))}.${encoded(payload)}`
  const secret = createPublicKey(identity.answer.certificate).export({ type: 'spki', format: 'pem' })
  return `${bytes}.${createHmac('sha256', secret).update(bytes).digest('base64url')}`
}
