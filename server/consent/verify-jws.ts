import { verify, X509Certificate } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { JwsHeader } from '@askfirst/protocol/consent-record.ts'
import { jsonBoundsProblem } from '@askfirst/protocol/json-bounds.ts'
import { Compile } from 'typebox/compile'
import type { DeviceCertificate } from '../store/entities.ts'

/** A verified payload, or in one sentence why it is not one. */
export type VerifiedJws =
  | { readonly ok: true; readonly payload: unknown; readonly certificate: DeviceCertificate }
  | { readonly ok: false; readonly reason: string }

const isHeader = Compile(JwsHeader)
/** r and s of P-256, 32 bytes each (RFC 7518, 3.4). */
const SIGNATURE_BYTES = 64

/**
 * Verifies a compact JWS of a device (SPEC C10, C11): one form of header, ES256 over the exact bytes, a certificate of
 * that very device that is not revoked, and a payload that is canonical JSON, so that one signature stands for one text.
 * Whether the certificate was within its dates is judged with the payload's own time, by the caller.
 */
export function verifyJws(jws: string, typ: JwsHeader['typ'], certificates: readonly DeviceCertificate[]): VerifiedJws {
  const [headerPart = '', payloadPart = '', signaturePart = '', ...rest] = jws.split('.')
  const headerBytes = strictBase64Url(headerPart)
  const payloadBytes = strictBase64Url(payloadPart)
  const signature = strictBase64Url(signaturePart)
  if (rest.length > 0 || headerBytes === null || payloadBytes === null || signature === null) {
    return invalid('it is not three parts of base64url')
  }
  const header = canonicalValue(headerBytes)
  if (header === null || !isHeader.Check(header.value)) return invalid('its header has another form')
  if (header.value.typ !== typ) return invalid(`its header does not say ${typ}`)
  const thumbprint = Buffer.from(header.value['x5t#S256'], 'base64url').toString('hex')
  const certificate = certificates.find(({ sha256 }) => sha256 === thumbprint)
  if (certificate === undefined) return invalid('it names a certificate that is not one of this device')
  if (certificate.revokedAt !== null) return invalid('its certificate is revoked')
  if (signature.length !== SIGNATURE_BYTES) return invalid(`its signature has ${signature.length} bytes`)
  const key = { key: new X509Certificate(certificate.pem).publicKey, dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', Buffer.from(`${headerPart}.${payloadPart}`), key, signature)) {
    return invalid('its signature does not fit its bytes')
  }
  const payload = canonicalValue(payloadBytes)
  if (payload === null) return invalid('its payload is not canonical JSON')
  return { ok: true, payload: payload.value, certificate }
}

/** Decodes base64url without padding; null for text that is not exactly what an encoder writes. */
function strictBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : null
}

/** Parses JSON and makes sure that writing it again gives the same bytes: no doubled keys, no blanks, no other order. */
function canonicalValue(bytes: Buffer): { readonly value: unknown } | null {
  const text = bytes.toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (jsonBoundsProblem(value) !== null) return null
    return canonicalJson(value) === text && Buffer.from(text).equals(bytes) ? { value } : null
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null
    throw error
  }
}

function invalid(reason: string): VerifiedJws {
  return { ok: false, reason }
}
