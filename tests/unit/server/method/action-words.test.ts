import { endToTell, wordsAfterwards } from '@askfirst/server/method/action-words.ts'
import { expect, test } from 'vitest'

const agreed = { by: 'person', name: 'rae', at: '2026-11-22T03:00:00.000Z', text: null } as const
const action = { state: 'done', what: 'w'.repeat(500), needsApproval: true, approval: agreed } as const
const wordsOf = (seen: string | null) => {
  const end = endToTell({ ...action, outcome: { before: null, after: null, seen } })
  return end === null ? null : wordsAfterwards(end)
}

test('[T50] the words are whole up to 3,000 characters of what was seen, and always fit into one message', () => {
  expect(wordsOf('s'.repeat(3_000))).toMatch(/s$/)
  expect(wordsOf('s'.repeat(3_001))).toMatch(/s …$/)
  expect(wordsOf('s'.repeat(4_000))?.length).toBeLessThanOrEqual(4_000)
})

test('[T50] nothing is said of what was not seen, and nothing before the end', () => {
  for (const seen of [null, '  ']) expect(wordsOf(seen)).not.toContain('What came of it')
  expect(endToTell({ ...action, state: 'approved', outcome: null })).toBeNull()
})
