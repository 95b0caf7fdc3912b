import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { Grade } from '../store/entities.ts'
import { GRADES } from '../store/entities.ts'

const closed = { additionalProperties: false } as const

/** 1 (critical) to 5 (planning). */
export const Priority = Type.Integer({ minimum: 1, maximum: 5 })
const ByUrgency = Type.Object({ high: Priority, medium: Priority, low: Priority }, closed)

/** The priority of each impact and, within it, each urgency. */
export const PriorityMatrix = Type.Object({ high: ByUrgency, medium: ByUrgency, low: ByUrgency }, closed)
export type PriorityMatrix = Static<typeof PriorityMatrix>

/** The ITIL 3 x 3 matrix. */
export const DEFAULT_MATRIX: PriorityMatrix = {
  high: { high: 1, medium: 2, low: 3 },
  medium: { high: 2, medium: 3, low: 4 },
  low: { high: 3, medium: 4, low: 5 },
}

/** A cell that is less urgent than one that it must not stand behind. */
export interface MatrixProblem {
  readonly impact: Grade
  readonly urgency: Grade
  /** One sentence that names both cells. */
  readonly text: string
}

interface Cell {
  readonly impact: Grade
  readonly urgency: Grade
}

/** Priority of a ticket from how many are hit (impact) and how soon it hurts (urgency). */
export function priorityOf(matrix: PriorityMatrix, impact: Grade, urgency: Grade): number {
  return matrix[impact][urgency]
}

/**
 * Where more impact or more urgency would make a ticket less urgent; empty when the matrix is in order. Neighbours are
 * compared: what holds between them holds between all cells.
 */
export function matrixProblems(matrix: PriorityMatrix): readonly MatrixProblem[] {
  return CELLS.flatMap((cell) =>
    cellsBelow(cell).flatMap((below) => {
      const [own, other] = [priorityIn(matrix, cell), priorityIn(matrix, below)]
      if (own <= other) return []
      return [{ ...cell, text: `P${own} for ${nameOf(cell)} is less urgent than P${other} for ${nameOf(below)}.` }]
    }),
  )
}

/** Whether two matrices give the same priorities. */
export function isSameMatrix(one: PriorityMatrix, other: PriorityMatrix): boolean {
  return CELLS.every((cell) => priorityIn(one, cell) === priorityIn(other, cell))
}

const FROM_THE_TOP = GRADES.toReversed()
const CELLS: readonly Cell[] = FROM_THE_TOP.flatMap((impact) => FROM_THE_TOP.map((urgency) => ({ impact, urgency })))

/** The cells with one step less of impact or of urgency. */
function cellsBelow({ impact, urgency }: Cell): readonly Cell[] {
  const [lessImpact, lessUrgency] = [below(impact), below(urgency)]
  return [
    ...(lessImpact === undefined ? [] : [{ impact: lessImpact, urgency }]),
    ...(lessUrgency === undefined ? [] : [{ impact, urgency: lessUrgency }]),
  ]
}

function below(grade: Grade): Grade | undefined {
  return GRADES[GRADES.indexOf(grade) - 1]
}

function priorityIn(matrix: PriorityMatrix, { impact, urgency }: Cell): number {
  return priorityOf(matrix, impact, urgency)
}

function nameOf({ impact, urgency }: Cell): string {
  return `impact ${impact}, urgency ${urgency}`
}
