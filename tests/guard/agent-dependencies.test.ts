import { describe, expect, it } from 'vitest'
import { agentDependencies } from '../../scripts/dependencies.ts'
import { textOf } from '../support/repository.ts'

describe("the agent's packages", () => {
  it('are those that agent/DEPENDENCIES.txt lists, as the lock file has them', () => {
    expect(textOf('agent/DEPENDENCIES.txt')).toBe(agentDependencies())
  })

  it('stay few enough to read', () => {
    expect(agentDependencies().trim().split('\n').length - 2).toBeLessThanOrEqual(8)
  })
})
