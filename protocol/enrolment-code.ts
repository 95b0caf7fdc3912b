/** What an enrolment code carries: enough for a first contact that is already authenticated. */
export interface EnrolmentCode {
  /** Host name or IP address of the agents' listener. */
  readonly host: string
  readonly port: number
  /** SHA-256 of the authority's certificate (DER), 32 bytes. */
  readonly authoritySha256: Uint8Array
  /** The token that the server counts down, 16 bytes. */
  readonly token: Uint8Array
}

const PREFIX = 'af1'
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const HOST = /^[a-z0-9](?:[a-z0-9.:-]{0,251}[a-z0-9])?$/
const FIXED_BYTES = 1 + 2 + 32 + 16 + 4

/**
 * Writes an enrolment code (SPEC H2): `af1`, then Crockford base 32 in lower case of host length, host, port,
 * authority fingerprint, token and a CRC-32 of all of these. One word, so that a double click selects it.
 *
 * @throws RangeError when a part does not fit
 */
export function encodeEnrolmentCode(code: EnrolmentCode): string {
  const host = code.host.toLowerCase()
  if (!HOST.test(host))
    throw new RangeError(`An enrolment code needs a host name or address, not ${JSON.stringify(code.host)}`)
  if (!Number.isInteger(code.port) || code.port < 1 || code.port > 65_535)
    throw new RangeError(`Port ${code.port} is not one`)
  if (code.authoritySha256.length !== 32 || code.token.length !== 16)
    throw new RangeError('Fingerprint or token has the wrong length')
  const bytes = new Uint8Array(FIXED_BYTES + host.length)
  const view = new DataView(bytes.buffer)
  bytes[0] = host.length
  for (let at = 0; at < host.length; at += 1) bytes[1 + at] = host.charCodeAt(at)
  view.setUint16(1 + host.length, code.port)
  bytes.set(code.authoritySha256, 3 + host.length)
  bytes.set(code.token, 35 + host.length)
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)))
  return PREFIX + toBase32(bytes)
}

/**
 * Reads an enrolment code. Blanks, line breaks, dashes and upper case are forgiven, as are o for 0 and i or l for 1.
 *
 * @returns the code, or in one sentence what is wrong with it
 */
export function decodeEnrolmentCode(text: string): EnrolmentCode | { readonly problem: string } {
  const compact = text.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
  if (!compact.startsWith(PREFIX)) return { problem: 'An enrolment code starts with "af1".' }
  const bytes = fromBase32(compact.slice(PREFIX.length))
  if (bytes === null || bytes.length < FIXED_BYTES)
    return { problem: 'The enrolment code is incomplete or has a letter that does not belong in it.' }
  const view = new DataView(bytes.buffer)
  const hostLength = bytes[0] ?? 0
  if (bytes.length !== FIXED_BYTES + hostLength || view.getUint32(bytes.length - 4) !== crc32(bytes.subarray(0, -4))) {
    return {
      problem: 'The enrolment code is incomplete or mistyped: its check characters do not match. Copy it once more.',
    }
  }
  const host = String.fromCharCode(...bytes.subarray(1, 1 + hostLength))
  const port = view.getUint16(1 + hostLength)
  if (!HOST.test(host) || port === 0) return { problem: 'The enrolment code names no usable server address.' }
  return {
    host,
    port,
    authoritySha256: bytes.slice(3 + hostLength, 35 + hostLength),
    token: bytes.slice(35 + hostLength, 51 + hostLength),
  }
}

function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    held += 8
    while (held >= 5) {
      held -= 5
      text += ALPHABET.charAt((bits >> held) & 31)
    }
  }
  return held > 0 ? text + ALPHABET.charAt((bits << (5 - held)) & 31) : text
}

/** Returns null for a foreign letter or for bits that no encoder leaves behind. */
function fromBase32(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter)
    if (digit < 0) return null
    bits = ((bits << 5) | digit) & 0xfff
    held += 5
    if (held < 8) continue
    held -= 8
    bytes[at] = (bits >> held) & 255
    at += 1
  }
  return held < 5 && (bits & ((1 << held) - 1)) === 0 ? bytes : null
}

/** CRC-32 as in ISO-HDLC (zip, PNG): reflected polynomial 0xEDB88320. It finds typing errors, it secures nothing. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0)
  }
  return (crc ^ 0xffff_ffff) >>> 0
}
