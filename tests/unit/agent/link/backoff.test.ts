import { Backoff } from '@askfirst/agent/link/backoff.ts'
import { describe, expect, it } from 'vitest'

const bounds = (backoff: Backoff, times: number) => Array.from({ length: times }, () => backoff.next())

describe('back-off', () => {
  it('[W13] waits up to a bound that doubles from one second to five minutes', () => {
    const most = new Backoff(() => 0.999_999_999)
    expect(bounds(most, 11).map((ms) => ms + 1)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000,
    ])
  })

  it('[W13] waits anything from zero on, so that agents spread over the whole time', () => {
    expect(bounds(new Backoff(() => 0), 5)).toEqual([0, 0, 0, 0, 0])
  })

  it('[W13] starts short again after a connection that held, and long when coming soon is of no use', () => {
    const backoff = new Backoff(() => 0.5)
    bounds(backoff, 6)
    backoff.reset()
    expect(backoff.next()).toBe(500)
    backoff.goLong()
    expect(backoff.next()).toBe(150_000)
  })
})
