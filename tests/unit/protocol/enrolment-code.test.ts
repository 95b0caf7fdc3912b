import { decodeEnrolmentCode, encodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { describe, expect, it } from 'vitest'

const code = {
  host: 'desk.example.org',
  port: 8443,
  authoritySha256: new Uint8Array(32).fill(7),
  token: new Uint8Array(16).fill(9),
}

describe('enrolment code', () => {
  it('[H2] comes back as it was written', () => {
    expect(decodeEnrolmentCode(encodeEnrolmentCode(code))).toEqual(code)
  })

  it('[H2] forgives blanks, line breaks, dashes, upper case and look-alike letters', () => {
    const text = encodeEnrolmentCode(code)
    const mangled = text
      .toUpperCase()
      .replaceAll('0', 'O')
      .replaceAll(/(.{10})/g, '$1-\n ')
      .replaceAll('1', 'I')
    expect(decodeEnrolmentCode(mangled)).toEqual(code)
  })

  it('[H2] refuses every single changed character', () => {
    const text = encodeEnrolmentCode(code)
    for (let at = 3; at < text.length; at += 1) {
      const other = text[at] === '2' ? '3' : '2'
      expect(decodeEnrolmentCode(text.slice(0, at) + other + text.slice(at + 1)), `position ${at}`).toHaveProperty(
        'problem',
      )
    }
  })
})
