import forge from 'node-forge'

const { asn1 } = forge
const { Class, Type } = asn1

/** A DER value as node-forge holds it: binary strings at the leaves. */
export type Der = forge.asn1.Asn1

/** Options of `fromDer` that the published types do not list (node-forge 1.4, lib/asn1.js). */
interface DecodeOptions {
  readonly strict: true
  readonly parseAllBytes: true
  /** False: a BIT STRING that happens to hold DER, as every ECDSA signature does, stays bytes. */
  readonly decodeBitStrings: false
  readonly maxDepth: number
}
const decode = asn1.fromDer as unknown as (bytes: string, options: DecodeOptions) => Der // see DecodeOptions

/** Deepest nesting of anything that is read here; a signing request needs 6. */
const MAX_DEPTH = 16

export function sequence(...members: readonly Der[]): Der {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...members])
}

export function set(...members: readonly Der[]): Der {
  return asn1.create(Class.UNIVERSAL, Type.SET, true, [...members])
}

/** An INTEGER from unsigned big-endian bytes. */
export function integer(bytes: Uint8Array): Der {
  const padded = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, binary(padded))
}

/** An INTEGER from a number that is not negative. */
export function smallInteger(value: number): Der {
  const hex = value.toString(16)
  return integer(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'))
}

export function enumerated(value: number): Der {
  return asn1.create(Class.UNIVERSAL, Type.ENUMERATED, false, String.fromCharCode(value))
}

export function boolean(value: boolean): Der {
  return asn1.create(Class.UNIVERSAL, Type.BOOLEAN, false, value ? '\xff' : '\0')
}

export function oid(dotted: string): Der {
  return asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes())
}

export function octets(bytes: Uint8Array): Der {
  return asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, binary(bytes))
}

/** A BIT STRING whose last byte has so many unused bits. */
export function bits(bytes: Uint8Array, unused = 0): Der {
  return asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unused) + binary(bytes))
}

export function utf8(text: string): Der {
  return asn1.create(Class.UNIVERSAL, Type.UTF8, false, binary(Buffer.from(text, 'utf8')))
}

/** A context-specific tag that wraps its members (EXPLICIT, or IMPLICIT over a constructed type). */
export function tagged(tag: number, ...members: readonly Der[]): Der {
  return asn1.create(Class.CONTEXT_SPECIFIC, tag, true, [...members])
}

/** A context-specific tag over bytes (IMPLICIT over a primitive type). */
export function taggedBytes(tag: number, bytes: Uint8Array): Der {
  return asn1.create(Class.CONTEXT_SPECIFIC, tag, false, binary(bytes))
}

/** Time as RFC 5280 section 4.1.2.5 wants it: UTCTime through 2049, GeneralizedTime from 2050 on. */
export function time(unixMs: number): Der {
  const compact = new Date(unixMs)
    .toISOString()
    .replace(/\.\d{3}Z$/, 'Z')
    .replaceAll(/[-:T]/g, '')
  const isLate = new Date(unixMs).getUTCFullYear() >= 2050
  if (isLate) return asn1.create(Class.UNIVERSAL, Type.GENERALIZEDTIME, false, compact)
  return asn1.create(Class.UNIVERSAL, Type.UTCTIME, false, compact.slice(2))
}

export function toDer(value: Der): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'binary')
}

/**
 * Reads bytes that must be exactly one DER value, in strict mode, without looking into BIT STRINGs.
 *
 * @throws Error of node-forge for anything else
 */
export function fromDer(bytes: Uint8Array): Der {
  return decode(binary(bytes), { strict: true, parseAllBytes: true, decodeBitStrings: false, maxDepth: MAX_DEPTH })
}

/** The members of a constructed value; null for a primitive one. */
export function membersOf(value: Der | undefined): readonly Der[] | null {
  return value !== undefined && Array.isArray(value.value) ? value.value : null
}

/** The bytes of a primitive value; null for a constructed one. */
export function bytesOf(value: Der | undefined): Buffer | null {
  return value !== undefined && typeof value.value === 'string' ? Buffer.from(value.value, 'binary') : null
}

/** Wraps DER in PEM with lines of 64 characters. */
export function toPem(label: string, der: Uint8Array): string {
  const body = Buffer.from(der)
    .toString('base64')
    .replaceAll(/(.{64})(?=.)/g, '$1\n')
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
}

/** The DER inside of exactly one PEM block with this label; null when the text is anything else. */
export function fromPem(label: string, pem: string): Buffer | null {
  const match = /^\s*-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*$/.exec(pem)
  if (match === null || match[1] !== label) return null
  return Buffer.from(match[2] ?? '', 'base64')
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('binary')
}
