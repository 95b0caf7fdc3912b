import type { Redacted } from '../redactor-kind.ts'
import { SECRET_MARK } from '../redactor-kind.ts'

const BLOB = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}/g
/** How much of a long blob is looked into. */
const MAX_DECODED_CHARACTERS = 65_536
/** What a browser or curl makes of user and password. */
const USER_AND_PASSWORD = /^[\w.@\\-]{1,64}:[^\s:]{3,128}$/
const PRINTABLE = /^[\t\r\n\x20-\x7e\u00a0-\u024f]+$/

/**
 * Secrets that stand in the text as base 64: `user:password`, and scripts like those of `powershell -EncodedCommand`.
 * A blob whose plain form holds a secret goes as a whole.
 */
export function redactEncoded(text: string, holdsSecret: (plain: string) => boolean): Redacted {
  let count = 0
  const result = text.replace(BLOB, (blob) => {
    if (!mayBeText(blob)) return blob
    const plain = plainText(blob)
    if (plain === null || !(USER_AND_PASSWORD.test(plain) || holdsSecret(plain))) return blob
    count += 1
    return SECRET_MARK
  })
  return { text: result, count }
}

/** Values of base 64's letters by their character code, both alphabets; what stands in a blob is one of them. */
const VALUES = new Uint8Array(128)
for (const alphabet of ['+/', '-_']) {
  const letters = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${alphabet}`
  for (let value = 0; value < letters.length; value += 1) VALUES[letters.charCodeAt(value)] = value
}

/**
 * Whether the first bytes of a blob can begin a text that `plainText` takes. Most words and paths of twelve letters
 * cannot, and need not be decoded.
 */
function mayBeText(blob: string): boolean {
  const second = valueAt(blob, 1)
  const firstByte = (valueAt(blob, 0) << 2) | (second >> 4)
  const secondByte = ((second & 15) << 4) | (valueAt(blob, 2) >> 2)
  return secondByte === 0 || isTextStart(firstByte)
}

function valueAt(blob: string, at: number): number {
  return VALUES[blob.charCodeAt(at)] ?? 0
}

/** Bytes that a printable character begins with: ASCII and the lead bytes of U+0080 to U+027F in UTF-8. */
function isTextStart(byte: number): boolean {
  const isSpace = byte === 0x09 || byte === 0x0a || byte === 0x0d
  return isSpace || (byte >= 0x20 && byte <= 0x7e) || (byte >= 0xc2 && byte <= 0xc9)
}

/** The text that a blob encodes, from UTF-8 or UTF-16LE; null when it encodes something else. */
function plainText(blob: string): string | null {
  const bytes = Buffer.from(blob.slice(0, MAX_DECODED_CHARACTERS), 'base64')
  const plain = bytes[1] === 0 ? bytes.toString('utf16le') : bytes.toString('utf8')
  return PRINTABLE.test(plain) ? plain : null
}
