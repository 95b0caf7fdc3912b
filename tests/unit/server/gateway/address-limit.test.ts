import { AddressLimit } from '@askfirst/server/gateway/address-limit.ts'
import { closeReason } from '@askfirst/server/gateway/close-reason.ts'
import { describe, expect, it } from 'vitest'

describe('AddressLimit', () => {
  it('allows so many tries in a window and says how long to wait for the next', () => {
    const limit = new AddressLimit(2, 1_000)
    expect([limit.take('a', 5_000), limit.take('a', 5_100), limit.take('a', 5_200), limit.take('b', 5_200)]).toEqual([
      0, 0, 800, 0,
    ])
    expect(limit.take('a', 6_000)).toBe(0)
  })

  it('keeps a table of bounded size, whoever calls', () => {
    const limit = new AddressLimit(1, 1_000)
    for (let at = 0; at < 10_000; at += 1) expect(limit.take(`address-${at}`, 1_000)).toBe(0)
    expect(limit.take('one more', 1_500)).toBe(500)
  })
})

describe('closeReason', () => {
  it('cuts a reason to the 123 bytes of a close frame, between characters', () => {
    expect(closeReason('short')).toBe('short')
    expect(closeReason('é'.repeat(100))).toBe('é'.repeat(61))
    expect(Buffer.byteLength(closeReason('😀'.repeat(100)))).toBeLessThanOrEqual(123)
  })
})
