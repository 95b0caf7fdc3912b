import type { KeyObject } from 'node:crypto'
import { createPublicKey, verify } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Der } from './der.ts'
import { bits, bytesOf, fromDer, fromPem, membersOf, oid, sequence, toDer } from './der.ts'
import { OID } from './x509-parts.ts'

/** Longest signing request that is looked at, in characters of PEM; a P-256 request has about 500. */
const MAX_CSR_PEM = 8_192

/** SPKI of every uncompressed P-256 key starts with these bytes (RFC 5480); the point's 64 bytes follow. */
const P256_SPKI_PREFIX = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')
const P256_SPKI_BYTES = P256_SPKI_PREFIX.length + 64

/**
 * Checks a PKCS #10 signing request (RFC 2986) and gives its public key. Only P-256 with ECDSA over SHA-256 and a valid
 * proof of possession pass. Subject and attributes are ignored: the server decides what the certificate says.
 *
 * @throws AskFirstError `CSR_INVALID`
 */
export function checkSigningRequest(csrPem: string): KeyObject {
  const { info, signature } = readRequest(csrPem)
  const key = readP256Key(membersOf(info)?.[2])
  if (!verify('sha256', toDer(info), key, signature)) throw invalid('has a signature that its own key did not make')
  return key
}

function readRequest(csrPem: string): { readonly info: Der; readonly signature: Buffer } {
  if (csrPem.length > MAX_CSR_PEM) throw invalid(`is longer than ${MAX_CSR_PEM} characters`)
  const der = fromPem('CERTIFICATE REQUEST', csrPem)
  if (der === null) throw invalid('is not one PEM block labelled CERTIFICATE REQUEST')
  const [info, , signatureBits] = membersOf(parse(der)) ?? []
  const signature = bytesOf(signatureBits)?.subarray(1)
  if (info === undefined || signature === undefined) throw invalid('has no signature')
  // What is outside the signed part must be exactly what a request signed with ES256 has there, byte for byte.
  const expected = toDer(sequence(info, sequence(oid(OID.ecdsaWithSha256)), bits(signature)))
  if (!expected.equals(der)) throw invalid('is not a request signed with ES256 in canonical form')
  return { info, signature }
}

function parse(der: Buffer): Der {
  try {
    return fromDer(der)
  } catch (error) {
    throw invalid('is not DER', error)
  }
}

function readP256Key(value: Der | undefined): KeyObject {
  const spki = value === undefined ? Buffer.alloc(0) : toDer(value)
  if (spki.length !== P256_SPKI_BYTES || !spki.subarray(0, P256_SPKI_PREFIX.length).equals(P256_SPKI_PREFIX)) {
    throw invalid('has no uncompressed P-256 key')
  }
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' })
  } catch (error) {
    throw invalid('has a key that is not a point of P-256', error)
  }
}

function invalid(what: string, cause?: unknown): AskFirstError {
  return new AskFirstError('CSR_INVALID', `The signing request ${what}; the agent must send a P-256 request.`, {
    cause,
  })
}
