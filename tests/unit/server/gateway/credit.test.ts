import { LIMITS } from '@askfirst/protocol/limits.ts'
import { CreditPolicy } from '@askfirst/server/gateway/credit.ts'
import { describe, expect, it } from 'vitest'

const IDLE = { inFlightBytes: 0, senders: 1 }

describe('CreditPolicy', () => {
  it('[L10] lets credit grow while the store is fast, up to the limit', () => {
    const policy = new CreditPolicy()
    policy.observe(1)
    let credit: number = LIMITS.initialCreditBytes
    for (let batch = 0; batch < 20; batch += 1) credit = policy.next(credit, IDLE)
    expect(credit).toBe(LIMITS.maxCreditBytes)
  })

  it('[R5] keeps one agent to a small credit while others are connected', () => {
    const policy = new CreditPolicy()
    policy.observe(1)
    const next = (current: number, sessions: number) => policy.next(current, { ...IDLE, sessions })
    expect(next(LIMITS.maxCreditBytes, 2)).toBe(262_144)
    expect(next(131_072, 2)).toBe(262_144)
    expect(next(LIMITS.maxCreditBytes, 1)).toBe(LIMITS.maxCreditBytes)
  })

  it('[L9] shrinks credit to the start when the store is slow, and never below', () => {
    const policy = new CreditPolicy()
    for (let batch = 0; batch < 40; batch += 1) policy.observe(500)
    let credit: number = LIMITS.maxCreditBytes
    for (let batch = 0; batch < 20; batch += 1) credit = policy.next(credit, IDLE)
    expect(credit).toBe(LIMITS.initialCreditBytes)
  })

  it('[R5] shares the budget of the node between its senders', () => {
    const policy = new CreditPolicy(1_048_576)
    expect(policy.next(LIMITS.maxCreditBytes, { inFlightBytes: 0, senders: 8 })).toBe(131_072)
    expect(policy.next(262_144, { inFlightBytes: 600_000, senders: 1 })).toBe(131_072)
  })
})
