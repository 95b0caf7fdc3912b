import { describe, expect, it } from 'vitest'
import { transcoder } from '../../../../agent/platform/transcoder.ts'

describe('transcoder', () => {
  it('turns UTF-16 with a byte order mark into UTF-8, wherever it is cut', () => {
    const whole = Buffer.from('\ufeffGrüße 😀\r\n', 'utf16le')
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const toUtf8 = transcoder('utf-16le')
      const pieces = [toUtf8(whole.subarray(0, cut)), toUtf8(whole.subarray(cut))]
      expect(Buffer.concat(pieces).toString('utf8')).toBe('Grüße 😀\r\n')
    }
  })

  it('leaves UTF-8 as it is', () => {
    const piece = Buffer.from([0xc3])
    expect(transcoder(undefined)(piece)).toBe(piece)
  })
})
