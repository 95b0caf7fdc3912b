import type { KeyObject } from 'node:crypto'
import { createPublicKey, sign } from 'node:crypto'

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const OBJECT_IDENTIFIER = 0x06
const UTF8_STRING = 0x0c
const ATTRIBUTES = 0xa0

const COMMON_NAME = Buffer.from('550403', 'hex') // 2.5.4.3
const ECDSA_WITH_SHA256 = Buffer.from('2a8648ce3d040302', 'hex') // 1.2.840.10045.4.3.2

/**
 * Makes a PKCS #10 signing request (RFC 2986) for a P-256 key, with proof of possession. The name in it is a courtesy:
 * the server sets the certificate's subject itself.
 *
 * @returns PEM labelled CERTIFICATE REQUEST
 */
export function makeSigningRequest(privateKey: KeyObject, name: string): string {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const commonName = der(
    SEQUENCE,
    der(OBJECT_IDENTIFIER, COMMON_NAME),
    der(UTF8_STRING, Buffer.from(name.slice(0, 64))),
  )
  const info = der(SEQUENCE, der(INTEGER, Buffer.of(0)), der(SEQUENCE, der(SET, commonName)), spki, der(ATTRIBUTES))
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', info, privateKey)])
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256))
  const request = der(SEQUENCE, info, algorithm, der(BIT_STRING, signature))
  const lines = request.toString('base64').replaceAll(/(.{64})(?=.)/g, '$1\n')
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`
}

/** One DER value: tag, length, contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents)
  const length = body.length < 128 ? Buffer.of(body.length) : longLength(body.length)
  return Buffer.concat([Buffer.of(tag), length, body])
}

function longLength(length: number): Buffer {
  return length < 256 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff)
}
