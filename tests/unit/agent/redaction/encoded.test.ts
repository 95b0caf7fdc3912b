import { redactEncoded } from '@askfirst/agent/redaction/secrets/encoded.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const PRINTABLE = /^[\t\r\n\x20-\x7e\u00a0-\u024f]+$/
const always = () => true
/** Nine bytes and more: what is shorter is not looked for. */
const texts = fc
  .string({ unit: 'binary', minLength: 9, maxLength: 40 })
  .map((text) => [...text].map((letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) % 0x250)).join(''))
  .filter((text) => PRINTABLE.test(text))
const blobs = fc.string({ unit: fc.constantFrom(...'ABCDQRefghz0189+/-_'), minLength: 12, maxLength: 40 })

/** What the redactor decides on when it decodes every blob. */
function isText(blob: string): boolean {
  const bytes = Buffer.from(blob, 'base64')
  return PRINTABLE.test(bytes.toString(bytes[1] === 0 ? 'utf16le' : 'utf8'))
}

describe('redaction of what is encoded in base 64', () => {
  it('looks into every printable text of nine bytes and more, in both encodings and both alphabets', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('utf8', 'utf16le'), fc.constantFrom('base64', 'base64url'), (text, as, to) => {
        const blob = Buffer.from(text, as).toString(to)
        fc.pre(isText(blob))
        expect(redactEncoded(`a ${blob} b`, always)).toEqual({ text: 'a [secret] b', count: 1 })
      }),
    )
  })

  it('passes over exactly what does not decode to a text', () => {
    fc.assert(
      fc.property(blobs, (blob) => {
        expect(redactEncoded(blob, always).count).toBe(isText(blob) ? 1 : 0)
      }),
      { numRuns: 2_000 },
    )
  })
})
