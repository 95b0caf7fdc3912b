import { describe, expect, it } from 'vitest'
import { judgeCampaign, SEED } from '../support/kill/judge.ts'

describe('rows that stream while processes are killed', () => {
  it('[R3, R4, R6, R7, R2, R8] are stored once, whole and in order over 50 kills of server and agent', async () => {
    const verdict = await judgeCampaign({ rounds: 50, seed: SEED, rows: 200_000 })
    expect(verdict.problems).toEqual([])
    expect(verdict.rows).toBeGreaterThanOrEqual(200_000)
    expect(verdict.acknowledgedChunks).toBeGreaterThan(100)
    expect(verdict.complete).toBeGreaterThan(10)
  }, 480_000)
})
