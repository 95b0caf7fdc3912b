import { makeId } from '@askfirst/protocol/ids.ts'
import { ATTACHMENT_TYPES } from '@askfirst/protocol/statement-record.ts'
import { downloadName, isOfKind } from '@askfirst/server/people/file-kinds.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PNG } from '../../../support/person-records.ts'

const id = makeId('att', 1_800_000_000_000, new Uint8Array(10).fill(7))
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10])

describe('[P5] the kind of a file', () => {
  it.each([
    ['image/png', PNG],
    ['image/jpeg', JPEG],
    ['text/plain', Buffer.from('Grüße 你好\n')],
  ] as const)('is %s when its bytes are, and no other', (mediaType, bytes) => {
    expect(ATTACHMENT_TYPES.filter((type) => isOfKind(bytes, type))).toEqual([mediaType])
  })

  it('is none when the beginning is cut off or changed', () => {
    for (let length = 0; length < 8; length += 1) expect(isOfKind(PNG.subarray(0, length), 'image/png')).toBe(false)
    expect(isOfKind(PNG.subarray(0, 8), 'image/png')).toBe(true)
    for (let at = 0; at < 8; at += 1) expect(isOfKind(PNG.with(at, 1), 'image/png')).toBe(false)
    expect(isOfKind(JPEG.subarray(0, 2), 'image/jpeg')).toBe(false)
    expect(isOfKind(JPEG.subarray(0, 3), 'image/jpeg')).toBe(true)
  })

  it('is no text with U+0000 or a broken character, wherever it stands', () => {
    for (const bad of [0, 0xff, 0xc3]) expect(isOfKind(Buffer.from([0x61, bad]), 'text/plain')).toBe(false)
    expect(isOfKind(Buffer.from('a\tb\r\n'), 'text/plain')).toBe(true)
  })
})

describe('the name of a download', () => {
  it.each([
    ['Screenshot.png', 'Screenshot.png'],
    ['Bild ä.jpeg', 'Bild a.png'],
    ['C:\\Users\\rae\\shot 1.bmp', 'shot 1.png'],
    ['/etc/passwd', 'passwd.png'],
    ['page.html', 'page.png'],
    ['..', `${id}.png`],
    ['你好.png', `${id}.png`],
  ])('of %j is %j', (name, expected) => {
    expect(downloadName({ id, name, mediaType: 'image/png' })).toBe(expected)
  })

  it('is short, has one dot and no sign that a header or a path could read, whatever it was', () => {
    const names = fc.oneof(fc.string({ maxLength: 120 }), fc.string({ unit: 'binary', maxLength: 120 }))
    fc.assert(
      fc.property(names, fc.constantFrom(...ATTACHMENT_TYPES), (name, mediaType) => {
        const safe = downloadName({ id, name, mediaType })
        expect(safe).toMatch(/^[A-Za-z0-9_][A-Za-z0-9 _-]{0,79}\.(png|jpg|txt)$/)
      }),
      { numRuns: 1_000, seed: 20_261_128 },
    )
  })
})
