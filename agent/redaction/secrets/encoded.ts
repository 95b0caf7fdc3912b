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
    const plain = plainText(blob)
    if (plain === null || !(USER_AND_PASSWORD.test(plain) || holdsSecret(plain))) return blob
    count += 1
    return SECRET_MARK
  })
  return { text: result, count }
}

/** The text that a blob encodes, from UTF-8 or UTF-16LE; null when it encodes something else. */
function plainText(blob: string): string | null {
  const bytes = Buffer.from(blob.slice(0, MAX_DECODED_CHARACTERS), 'base64')
  const plain = bytes[1] === 0 ? bytes.toString('utf16le') : bytes.toString('utf8')
  return PRINTABLE.test(plain) ? plain : null
}
