import type { ActionState, PlannedAction } from '../store/method-entities.ts'

/** Longest account of what came of it: a device shows 4,000 characters of a message, the action's own words among them. */
const MAX_SEEN = 3_000

const ENDS = {
  done: 'What you agreed to is done.',
  failed: 'What you agreed to was tried, and it did not work.',
  dropped: 'What you agreed to was not done, and will not be.',
} as const satisfies Partial<Record<ActionState, string>>

/** How a major action ended that the person agreed to. */
export interface ActionEnd {
  readonly state: keyof typeof ENDS
  readonly what: string
  /** What came of it; empty when nobody wrote it down. */
  readonly seen: string
}

/**
 * What the person is to be told of when a major action that they agreed to has ended (SPEC T50): their own yes is the reason to tell.
 *
 * @returns null when they did not agree to it, or it has not ended
 */
export function endToTell({
  state,
  what,
  needsApproval,
  approval,
  outcome,
}: Pick<PlannedAction, 'state' | 'what' | 'needsApproval' | 'approval' | 'outcome'>): ActionEnd | null {
  if (!isEnd(state) || !needsApproval || approval?.by !== 'person') return null
  return { state, what, seen: cut(outcome?.seen?.trim() ?? '') }
}

/** The same in the words of the ticket's message. */
export function wordsAfterwards({ state, what, seen }: ActionEnd): string {
  return [ENDS[state], `It was about: ${what}`, ...(seen === '' ? [] : [`What came of it: ${seen}`])].join('\n')
}

function isEnd(state: ActionState): state is ActionEnd['state'] {
  return Object.hasOwn(ENDS, state)
}

function cut(text: string): string {
  return text.length <= MAX_SEEN ? text : `${text.slice(0, MAX_SEEN).toWellFormed()} …`
}
