import type { ActionState, PlannedAction } from '../store/method-entities.ts'

/** How an action can end. */
export type ActionEnd = Extract<ActionState, 'done' | 'failed' | 'dropped'>

/** Where an action may go from each state (SPEC T25). A person's or lead's no holds: whoever wants it still plans anew. */
const MOVES: Readonly<Record<ActionState, readonly ActionState[]>> = {
  planned: ['asked', 'approved', 'done', 'failed', 'dropped'],
  asked: ['planned', 'approved', 'declined', 'dropped'],
  approved: ['done', 'failed', 'dropped'],
  declined: [],
  done: [],
  failed: [],
  dropped: [],
}

/** Why an action cannot go to a state, in one sentence; null when it can. */
export function moveProblem(action: Pick<PlannedAction, 'state' | 'needsApproval'>, to: ActionState): string | null {
  const { state, needsApproval } = action
  if (state === 'planned' && needsApproval && (to === 'done' || to === 'failed'))
    return 'A major action is carried out only after the person or a lead approved it.'
  if (state === 'planned' && !needsApproval && (to === 'asked' || to === 'approved'))
    return 'This action needs no approval.'
  return MOVES[state].includes(to) ? null : `An action that is ${state} cannot become ${to}.`
}
