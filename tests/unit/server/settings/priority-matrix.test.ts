import type { PriorityMatrix } from '@askfirst/server/settings/priority-matrix.ts'
import { DEFAULT_MATRIX, isSameMatrix, matrixProblems, priorityOf } from '@askfirst/server/settings/priority-matrix.ts'
import type { Grade } from '@askfirst/server/store/entities.ts'
import { GRADES } from '@askfirst/server/store/entities.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

function withCell(impact: Grade, urgency: Grade, priority: number): PriorityMatrix {
  return { ...DEFAULT_MATRIX, [impact]: { ...DEFAULT_MATRIX[impact], [urgency]: priority } }
}

const priority = fc.integer({ min: 1, max: 5 })
const row = fc.record({ high: priority, medium: priority, low: priority })
const anyMatrix = fc.record({ high: row, medium: row, low: row })
/** Made so that it is in order: each cell is the sum of a step of impact and a step of urgency. */
const orderedMatrix = fc.tuple(steps(), steps()).map(([impacts, urgencies]): PriorityMatrix => {
  const rowOf = (step: number) => ({
    high: 1 + step + (urgencies[0] ?? 0),
    medium: 1 + step + (urgencies[1] ?? 0),
    low: 1 + step + (urgencies[2] ?? 0),
  })
  return { high: rowOf(impacts[0] ?? 0), medium: rowOf(impacts[1] ?? 0), low: rowOf(impacts[2] ?? 0) }
})
function steps() {
  const step = fc.integer({ min: 0, max: 2 })
  return fc.array(step, { minLength: 3, maxLength: 3 }).map((numbers) => numbers.toSorted())
}

/** Every pair of cells, where the check itself looks at neighbours only. */
function isMonotone(matrix: PriorityMatrix): boolean {
  const cells = GRADES.flatMap((impact, i) => GRADES.map((urgency, u) => ({ impact, urgency, i, u })))
  return cells.every((one) =>
    cells.every(
      (other) =>
        one.i < other.i ||
        one.u < other.u ||
        priorityOf(matrix, one.impact, one.urgency) <= priorityOf(matrix, other.impact, other.urgency),
    ),
  )
}

describe('the check of a priority matrix', () => {
  it('has nothing against the usual one', () => {
    expect(matrixProblems(DEFAULT_MATRIX)).toEqual([])
  })

  it('names both cells where more impact, or more urgency, makes a ticket less urgent', () => {
    expect(matrixProblems(withCell('high', 'high', 3))).toEqual([
      {
        impact: 'high',
        urgency: 'high',
        text: 'P3 for impact high, urgency high is less urgent than P2 for impact medium, urgency high.',
      },
      {
        impact: 'high',
        urgency: 'high',
        text: 'P3 for impact high, urgency high is less urgent than P2 for impact high, urgency medium.',
      },
    ])
  })

  it('allows equal neighbours and refuses one step more', () => {
    expect(matrixProblems(withCell('medium', 'medium', 4))).toEqual([])
    expect(matrixProblems(withCell('medium', 'medium', 5)).map(({ impact, urgency }) => [impact, urgency])).toEqual([
      ['medium', 'medium'],
      ['medium', 'medium'],
    ])
  })

  it('finds a problem exactly where some two cells are out of order', () => {
    fc.assert(
      fc.property(anyMatrix, (matrix) => {
        expect(matrixProblems(matrix).length === 0).toBe(isMonotone(matrix))
      }),
    )
  })

  it('lets every matrix pass that goes down step by step', () => {
    fc.assert(
      fc.property(orderedMatrix, (matrix) => {
        expect(matrixProblems(matrix)).toEqual([])
      }),
    )
  })
})

it('two matrices are the same when all nine priorities are', () => {
  expect(isSameMatrix(DEFAULT_MATRIX, structuredClone(DEFAULT_MATRIX))).toBe(true)
  for (const impact of GRADES) {
    for (const urgency of GRADES) {
      const other = (priorityOf(DEFAULT_MATRIX, impact, urgency) % 5) + 1
      expect(isSameMatrix(DEFAULT_MATRIX, withCell(impact, urgency, other))).toBe(false)
    }
  }
})
