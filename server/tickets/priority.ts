import type { Grade } from '../store/entities.ts'

/** Impact x urgency gives the priority, 1 (critical) to 5 (planning): the ITIL 3x3 matrix. */
const MATRIX: Readonly<Record<Grade, Readonly<Record<Grade, number>>>> = {
  high: { high: 1, medium: 2, low: 3 },
  medium: { high: 2, medium: 3, low: 4 },
  low: { high: 3, medium: 4, low: 5 },
}

/** Priority of a ticket from how many are hit (impact) and how soon it hurts (urgency). */
export function priorityOf(impact: Grade, urgency: Grade): number {
  return MATRIX[impact][urgency]
}
