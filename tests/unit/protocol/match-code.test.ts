import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { matchCode } from '@askfirst/protocol/match-code.ts'
import { describe, expect, it } from 'vitest'
import { recordedMessages } from '../../support/recorded-messages.ts'

const codeOf = (request: unknown) => matchCode(createHash('sha256').update(canonicalJson(request)).digest())
const request = recordedMessages().find(({ type }) => type === 'consent.request')

describe('the match code', () => {
  it('[C4] is the first 20 bits of the hash, in letters and digits that cannot be mistaken', () => {
    expect(matchCode(Uint8Array.of(0, 0, 0))).toBe('2222')
    expect(matchCode(Uint8Array.of(0xff, 0xff, 0xf0))).toBe('ZZZZ')
    expect(matchCode(Uint8Array.of(0x00, 0x44, 0x32, 0xff))).toBe('2345')
    for (let first = 0; first < 256; first += 1)
      expect(matchCode(Uint8Array.of(first, 255 - first, first))).toMatch(/^[2-9A-HJ-NP-Z]{4}$/)
  })

  it('[C4] is the same on both sides however the request was written', () => {
    expect(codeOf(JSON.parse(JSON.stringify(request)))).toBe(codeOf(request))
    expect(codeOf(Object.fromEntries(Object.entries(request ?? {}).reverse()))).toBe(codeOf(request))
  })

  it('[C4] differs when one letter of the request does', () => {
    expect(request).toHaveProperty('purpose')
    const others = ['purpose', 'destination', 'requestId', 'answerBy'].map((field) =>
      codeOf({ ...request, [field]: `${String(request?.[field])}.` }),
    )
    expect(others).not.toContain(codeOf(request))
    expect(codeOf({ ...request, collectors: [{ id: 'process.list', params: { top: 21 } }] })).not.toBe(codeOf(request))
  })
})
