import { moveProblem } from '@askfirst/server/method/action-moves.ts'
import type { ActionState } from '@askfirst/server/store/method-entities.ts'
import { ACTION_STATES } from '@askfirst/server/store/method-entities.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('[T25] an action', () => {
  it('is never carried out without a yes when it needs one, in no order of moves', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.constantFrom(...ACTION_STATES), { maxLength: 12 }),
        (needsApproval, wishes) => {
          const path: ActionState[] = ['planned']
          for (const to of wishes) {
            const state = path.at(-1) ?? 'planned'
            if (moveProblem({ state, needsApproval }, to) === null) path.push(to)
          }
          const isCarriedOut = path.some((state) => state === 'done' || state === 'failed')
          if (needsApproval && isCarriedOut) expect(path.at(-2)).toBe('approved')
          // Nothing follows an end, and a no is one.
          const ends = path.filter((state) => ['done', 'failed', 'dropped', 'declined'].includes(state))
          expect(ends.length).toBeLessThanOrEqual(1)
          if (ends.length === 1) expect(path.at(-1)).toBe(ends[0])
        },
      ),
    )
  })

  it('that needs no yes asks for none', () => {
    for (const to of ['asked', 'approved'] as const)
      expect(moveProblem({ state: 'planned', needsApproval: false }, to)).toMatch(/needs no approval/)
  })
})
