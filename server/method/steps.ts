import type { Ticket } from '../store/entities.ts'
import type { MethodRecord, MethodStep, StepRecord } from '../store/method-entities.ts'
import { METHOD_STEPS } from '../store/method-entities.ts'

/** How a step stands: `content` is written or follows from what was done, `skipped` has a reason. */
export type StepState = 'empty' | 'content' | 'skipped'

export interface StepStanding {
  readonly step: MethodStep
  readonly state: StepState
  /** What was written last; null: nothing. */
  readonly record: StepRecord | null
}

/** What a step has by what was done, without a word written at it (SPEC T20). */
const DONE: Readonly<Record<MethodStep, (method: MethodRecord, ticket: Ticket) => boolean>> = {
  identify: () => false,
  theory: ({ theories }) => theories.length > 0,
  test: ({ theories }) => theories.some(({ verdict }) => verdict !== 'open'),
  plan: ({ actions }) => actions.length > 0,
  verify: ({ comparisons }, { confirmed }) => comparisons.length > 0 || confirmed === true,
  // The report is made of all that the log holds, at any time.
  document: () => true,
}

/** The six steps of a ticket and how each stands. */
export function stepStandings(method: MethodRecord, ticket: Ticket): readonly StepStanding[] {
  return METHOD_STEPS.map((step) => {
    const record = method.steps.find((each) => each.step === step) ?? null
    return { step, state: stateOf(record, DONE[step](method, ticket)), record }
  })
}

/** The steps that say nothing. */
export function emptySteps(method: MethodRecord, ticket: Ticket): readonly MethodStep[] {
  return stepStandings(method, ticket).flatMap(({ step, state }) => (state === 'empty' ? [step] : []))
}

function stateOf(record: StepRecord | null, isDone: boolean): StepState {
  if (isDone || (record !== null && record.content !== null)) return 'content'
  return record === null ? 'empty' : 'skipped'
}

/** What each step is called to people. */
const STEP_TITLES: Readonly<Record<MethodStep, string>> = {
  identify: 'Identify the problem',
  theory: 'Theory of probable cause',
  test: 'Test the theory',
  plan: 'Plan and implement',
  verify: 'Verify and prevent',
  document: 'Document',
}

/** The title of a step as entries of the log name it; the word itself where it is not one of the six. */
export function stepTitle(word: string): string {
  const step = METHOD_STEPS.find((known) => known === word)
  return step === undefined ? word : STEP_TITLES[step]
}
