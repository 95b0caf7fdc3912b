import type { ActionState, PlannedAction } from '../store/method-entities.ts'

/** Longest account of what came of it: a device shows 4,000 characters of a message, the action's own words among them. */
const MAX_SEEN = 3_000

const ENDS: Readonly<Partial<Record<ActionState, string>>> = {
  done: 'What you agreed to is done.',
  failed: 'What you agreed to was tried, and it did not work.',
  dropped: 'What you agreed to was not done, and will not be.',
}

/**
 * What the person is told when a major action that they agreed to has ended (SPEC T50): their own yes is the reason to tell.
 *
 * @returns null when they did not agree to it, or it has not ended
 */
export function wordsAfterwards({
  state,
  what,
  needsApproval,
  approval,
  outcome,
}: Pick<PlannedAction, 'state' | 'what' | 'needsApproval' | 'approval' | 'outcome'>): string | null {
  const end = ENDS[state]
  if (end === undefined || !needsApproval || approval?.by !== 'person') return null
  const seen = outcome?.seen?.trim() ?? ''
  return [end, `It was about: ${what}`, ...(seen === '' ? [] : [`What came of it: ${cut(seen)}`])].join('\n')
}

function cut(text: string): string {
  return text.length <= MAX_SEEN ? text : `${text.slice(0, MAX_SEEN).toWellFormed()} …`
}
