import { afterAll, describe, expect, it } from 'vitest'
import { judgeCampaign, SEED } from '../support/kill/judge.ts'
import { findPostgres, startPostgres } from '../support/postgres.ts'

const postgresFolder = await findPostgres()

describe.skipIf(postgresFolder === null)('rows that stream into PostgreSQL while the server is killed', () => {
  let cluster: Awaited<ReturnType<typeof startPostgres>> | undefined
  afterAll(async () => {
    await cluster?.stop()
  })

  it('[R3, R6] are stored once, whole and in order', async () => {
    cluster = await startPostgres(postgresFolder ?? '')
    const store = await cluster.newDatabase()
    const verdict = await judgeCampaign({ rounds: 6, seed: SEED, rows: 40_000, whom: ['server'], store })
    expect(verdict.problems).toEqual([])
    expect(verdict.rows).toBeGreaterThanOrEqual(40_000)
  }, 240_000)
})
