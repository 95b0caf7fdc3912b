import type { MethodStep, StepView } from '../../api/method.ts'
import type { Grade } from '../../api/types.ts'
import type { Tone } from '../../ui/badge.tsx'

/** What each step is called, and what it is for in one sentence. */
export const STEP_WORDS: Readonly<Record<MethodStep, { readonly title: string; readonly hint: string }>> = {
  identify: { title: 'Identify the problem', hint: 'What is wrong, since when, and what changed before.' },
  theory: { title: 'Theory of probable cause', hint: 'What could explain it, the most likely first.' },
  test: { title: 'Test the theory', hint: 'Confirmed: plan what to do. Refuted: take the next theory, or escalate.' },
  plan: { title: 'Plan and implement', hint: 'What is done by whom. A major action waits for a yes.' },
  verify: { title: 'Verify and prevent', hint: 'That everything works, and that it does not come back.' },
  document: { title: 'Document', hint: 'The report makes itself of all that stands in the log.' },
}

export const STATE_WORDS: Readonly<Record<StepView['state'], string>> = {
  empty: 'to do',
  content: 'done',
  skipped: 'left out',
}

export const LIKELIHOODS: Readonly<Record<Grade, { readonly word: string; readonly tone: Tone }>> = {
  high: { word: 'Likely', tone: 'warn' },
  medium: { word: 'Possible', tone: 'accent' },
  low: { word: 'Unlikely', tone: 'plain' },
}

export const RISKS: Readonly<Record<Grade, string>> = {
  low: 'Low: easily taken back',
  medium: 'Medium: some care',
  high: 'High: needs a yes first',
}
