import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { PriorityMatrix } from '../settings/priority-matrix.ts'
import { priorityOf } from '../settings/priority-matrix.ts'
import type { Grade, Ticket } from '../store/entities.ts'
import type { PriorityOverride, PriorityReason } from '../store/priority-entities.ts'

/** What somebody may change that has to do with the priority; absent fields stay. */
export interface PriorityWish {
  readonly impact?: Grade
  readonly urgency?: Grade
  /** Null: the matrix decides again. */
  readonly override?: { readonly priority: number; readonly reason: string } | null
}

/** A ticket's priority with its reason. */
export type Prioritised = Pick<Ticket, 'priority' | 'priorityReason'>

/** The priority that the matrix gives. */
export function byMatrix(matrix: PriorityMatrix, { impact, urgency }: Pick<Ticket, 'impact' | 'urgency'>): Prioritised {
  const priority = priorityOf(matrix, impact, urgency)
  return { priority, priorityReason: { byMatrix: priority, override: null } }
}

/**
 * What a change does to the priority; empty when it does nothing. The matrix is asked only when impact or urgency change
 * or an override is taken back, so that an admin's change of the matrix reaches no ticket unseen. An override stands
 * until it is taken back.
 *
 * @throws AskFirstError INVALID_REQUEST when an override says what the matrix says
 */
export function priorityChange(
  before: Ticket,
  wish: PriorityWish,
  now: { readonly matrix: PriorityMatrix; readonly actor: Actor; readonly at: string },
): Partial<Prioritised> {
  const { impact = before.impact, urgency = before.urgency } = wish
  const isGraded = impact !== before.impact || urgency !== before.urgency
  if (!isGraded && wish.override === undefined) return {}
  const asked = byMatrix(now.matrix, { impact, urgency })
  if (wish.override === null) return asked
  const standing = isGraded ? asked.priority : before.priorityReason.byMatrix
  if (wish.override !== undefined) return overridden(standing, wish.override, now)
  const { override } = before.priorityReason
  return override === null ? asked : { priorityReason: { byMatrix: standing, override } }
}

function overridden(
  standing: number,
  { priority, reason }: { readonly priority: number; readonly reason: string },
  { actor, at }: { readonly actor: Actor; readonly at: string },
): Prioritised {
  if (priority === standing) {
    throw new AskFirstError(
      'INVALID_REQUEST',
      `The matrix gives P${priority} already, so there is nothing to override. Choose another priority, or go back to the matrix.`,
      { details: { field: 'override' } },
    )
  }
  const override: PriorityOverride = { reason, userId: actor.id, userName: actor.name, at }
  return { priority, priorityReason: { byMatrix: standing, override } }
}

/**
 * What the log says about the reason besides the priority itself: the reason of an override that was set or taken back,
 * and what the matrix gives now where an override keeps it from deciding.
 */
export function reasonDifferences(before: PriorityReason, after: PriorityReason) {
  const isOther = JSON.stringify(before.override) !== JSON.stringify(after.override)
  const isHeld = after.override !== null && before.byMatrix !== after.byMatrix
  return {
    ...(isOther ? { override: { from: before.override?.reason ?? null, to: after.override?.reason ?? null } } : {}),
    ...(isHeld ? { byMatrix: { from: before.byMatrix, to: after.byMatrix } } : {}),
  }
}
