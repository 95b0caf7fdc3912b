import type { KeyObject } from 'node:crypto'
import { createHash, createPublicKey, randomBytes, sign } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { Der } from './der.ts'
import {
  bits,
  boolean,
  bytesOf,
  fromDer,
  integer,
  membersOf,
  octets,
  oid,
  sequence,
  set,
  tagged,
  taggedBytes,
  toDer,
  utf8,
} from './der.ts'

/** Object identifiers that this authority uses (RFC 5280, RFC 5480, RFC 5758). */
export const OID = {
  commonName: '2.5.4.3',
  organisation: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const

/** Longest value of a name's attribute (RFC 5280, appendix A, ub-common-name). */
const MAX_NAME = 64

/** A distinguished name of organisation and common name; control characters become blanks, long values are cut. */
export function distinguishedName(organisation: string, commonName: string): Der {
  return sequence(attribute(OID.organisation, organisation), attribute(OID.commonName, commonName))
}

function attribute(type: string, text: string): Der {
  const clean = text.toWellFormed().replaceAll(/\p{Cc}/gu, ' ')
  const cut = [...clean].slice(0, MAX_NAME).join('') || '-'
  return set(sequence(oid(type), utf8(cut)))
}

/** One extension; its value is wrapped in the OCTET STRING that RFC 5280 asks for. */
export function extension(type: string, critical: boolean, value: Der): Der {
  const wrapped = octets(toDer(value))
  return critical ? sequence(oid(type), boolean(true), wrapped) : sequence(oid(type), wrapped)
}

export const basicConstraints = (isAuthority: boolean): Der =>
  extension(OID.basicConstraints, true, isAuthority ? sequence(boolean(true), integer(Buffer.of(0))) : sequence())

/** keyUsage with digitalSignature alone (leaf), or keyCertSign and cRLSign (authority). */
export const keyUsage = (isAuthority: boolean): Der =>
  extension(OID.keyUsage, true, isAuthority ? bits(Buffer.of(0x06), 1) : bits(Buffer.of(0x80), 7))

export const extendedKeyUsage = (purpose: string): Der => extension(OID.extendedKeyUsage, false, sequence(oid(purpose)))

export const subjectKeyIdentifier = (keyId: Uint8Array): Der =>
  extension(OID.subjectKeyIdentifier, false, octets(keyId))

export const authorityKeyIdentifier = (keyId: Uint8Array): Der =>
  extension(OID.authorityKeyIdentifier, false, sequence(taggedBytes(0, keyId)))

/** subjectAltName with one URI. */
export const uriName = (uri: string): Der =>
  extension(OID.subjectAltName, false, sequence(taggedBytes(6, Buffer.from(uri, 'ascii'))))

/** subjectAltName with host names and IP addresses. */
export function hostNames(hosts: readonly string[]): Der {
  return extension(OID.subjectAltName, false, sequence(...hosts.map(hostName)))
}

function hostName(host: string): Der {
  if (isIPv4(host)) return taggedBytes(7, Buffer.from(host.split('.').map(Number)))
  return isIPv6(host) ? taggedBytes(7, ipv6Bytes(host)) : taggedBytes(2, Buffer.from(host, 'ascii'))
}

/** The 16 bytes of an IPv6 address in any of its spellings. */
function ipv6Bytes(address: string): Buffer {
  // The URL parser writes the canonical form, without an embedded IPv4 part.
  const canonical = new URL(`http://[${address.split('%')[0] ?? ''}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/** Signs a to-be-signed part with ECDSA over SHA-256 and puts the three together. */
export function signed(toBeSigned: Der, key: KeyObject): Buffer {
  const signature = sign('sha256', toDer(toBeSigned), key)
  return toDer(sequence(toBeSigned, signatureAlgorithm(), bits(signature)))
}

export function signatureAlgorithm(): Der {
  return sequence(oid(OID.ecdsaWithSha256))
}

/** A serial number of 16 random bytes with the top bit clear, so that the INTEGER is positive (RFC 5280, 4.1.2.2). */
export function randomSerial(): Buffer {
  const serial = randomBytes(16)
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0)
  return serial
}

/** DER of the public half of a key. */
export function publicKeyDer(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return publicKey.export({ type: 'spki', format: 'der' })
}

/** Key identifier by method 1 of RFC 5280, 4.2.1.2: SHA-1 of the public key's bits. It names a key, it secures nothing. */
export function keyIdentifier(spki: Uint8Array): Buffer {
  const keyBits = bytesOf(membersOf(fromDer(spki))?.[1])
  if (keyBits === null) throw new TypeError('A public key in SPKI form has a BIT STRING as its second member')
  return createHash('sha1').update(keyBits.subarray(1)).digest()
}

export const extensions = (...list: readonly Der[]): Der => tagged(3, sequence(...list))
