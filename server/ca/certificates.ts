import type { KeyObject } from 'node:crypto'
import { createHash, X509Certificate } from 'node:crypto'
import type { Der } from './der.ts'
import { enumerated, fromDer, integer, sequence, smallInteger, tagged, time, toPem } from './der.ts'
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  extension,
  extensions,
  keyIdentifier,
  keyUsage,
  OID,
  publicKeyDer,
  randomSerial,
  signatureAlgorithm,
  signed,
  subjectKeyIdentifier,
} from './x509-parts.ts'

/** Span of validity in Unix ms. */
export interface Validity {
  readonly notBefore: number
  readonly notAfter: number
}

/** Who signs. */
export interface Issuer {
  readonly name: Der
  readonly key: KeyObject
  readonly keyId: Uint8Array
}

/** A certificate with what the store keeps of it. */
export interface IssuedCertificate {
  readonly pem: string
  /** Hexadecimal, lower case, no leading zeros. */
  readonly serial: string
  /** SHA-256 of the DER, hexadecimal. */
  readonly sha256: string
  /** SHA-256 of the public key in SPKI form, hexadecimal. */
  readonly publicKeySha256: string
  /** ISO 8601, UTC, whole seconds. */
  readonly notBefore: string
  readonly notAfter: string
}

/** Makes the self-signed certificate of an authority that may sign leaves only (path length 0). */
export function makeAuthorityCertificate(issuer: Issuer, validity: Validity): string {
  const spki = publicKeyDer(issuer.key)
  const list = [basicConstraints(true), keyUsage(true), subjectKeyIdentifier(keyIdentifier(spki))]
  const der = signed(toBeSigned({ issuer, subject: issuer.name, spki, validity, extensions: list }), issuer.key)
  return toPem('CERTIFICATE', der)
}

/** Makes a leaf for one purpose. */
export function makeLeaf(options: {
  readonly issuer: Issuer
  readonly subject: Der
  readonly publicKey: KeyObject
  readonly validity: Validity
  readonly purpose: typeof OID.clientAuth | typeof OID.serverAuth
  readonly alternativeName: Der
}): IssuedCertificate {
  const { issuer, subject, publicKey, validity } = options
  const spki = publicKeyDer(publicKey)
  const list = [
    basicConstraints(false),
    keyUsage(false),
    extendedKeyUsage(options.purpose),
    subjectKeyIdentifier(keyIdentifier(spki)),
    authorityKeyIdentifier(issuer.keyId),
    options.alternativeName,
  ]
  return described(signed(toBeSigned({ issuer, subject, spki, validity, extensions: list }), issuer.key))
}

function toBeSigned(parts: {
  readonly issuer: Issuer
  readonly subject: Der
  readonly spki: Uint8Array
  readonly validity: Validity
  readonly extensions: readonly Der[]
}): Der {
  return sequence(
    tagged(0, smallInteger(2)),
    integer(randomSerial()),
    signatureAlgorithm(),
    parts.issuer.name,
    sequence(time(parts.validity.notBefore), time(parts.validity.notAfter)),
    parts.subject,
    fromDer(parts.spki),
    extensions(...parts.extensions),
  )
}

/** Reads from a certificate what the store keeps of it. */
export function describeCertificate(pem: string): IssuedCertificate {
  return described(new X509Certificate(pem).raw)
}

function described(der: Uint8Array): IssuedCertificate {
  const certificate = new X509Certificate(der)
  return {
    pem: toPem('CERTIFICATE', der),
    serial: normalSerial(certificate.serialNumber),
    sha256: sha256Hex(der),
    publicKeySha256: sha256Hex(publicKeyDer(certificate.publicKey)),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
  }
}

/** A serial number as the store writes it: hexadecimal, lower case, no leading zeros. */
function normalSerial(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, '')
}

/** SHA-256 in hexadecimal, e.g. of a certificate's DER: its fingerprint. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** One entry of a revocation list. */
export interface RevokedCertificate {
  /** Hexadecimal. */
  readonly serial: string
  /** ISO 8601. */
  readonly revokedAt: string
  /** A name of REVOCATION_REASONS; another text or null gives an entry without a reason. */
  readonly reason?: string | null
}

/** Reason codes of RFC 5280, 5.3.1, as far as this authority uses them. */
const REVOCATION_REASONS = { keyCompromise: 1, superseded: 4, cessationOfOperation: 5 } as const

/**
 * Makes a version 2 revocation list (RFC 5280, section 5). Its number is the time in ms, which only grows.
 *
 * @returns PEM labelled `X509 CRL`, the label that Node's TLS wants
 */
export function makeRevocationList(issuer: Issuer, revoked: readonly RevokedCertificate[], validity: Validity): string {
  const entries = revoked.map(revokedEntry)
  const list = sequence(
    smallInteger(1),
    signatureAlgorithm(),
    issuer.name,
    time(validity.notBefore),
    time(validity.notAfter),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    tagged(
      0,
      sequence(authorityKeyIdentifier(issuer.keyId), extension(OID.crlNumber, false, smallInteger(validity.notBefore))),
    ),
  )
  return toPem('X509 CRL', signed(list, issuer.key))
}

function revokedEntry(entry: RevokedCertificate): Der {
  const hex = entry.serial.length % 2 === 0 ? entry.serial : `0${entry.serial}`
  const parts = [integer(Buffer.from(hex, 'hex')), time(Date.parse(entry.revokedAt))]
  const reason = reasonCode(entry.reason)
  return sequence(
    ...parts,
    ...(reason === null ? [] : [sequence(extension(OID.reasonCode, false, enumerated(reason)))]),
  )
}

function reasonCode(name: string | null | undefined): number | null {
  if (name === null || name === undefined || !Object.hasOwn(REVOCATION_REASONS, name)) return null
  return REVOCATION_REASONS[name as keyof typeof REVOCATION_REASONS] // hasOwn says that it is a key.
}
