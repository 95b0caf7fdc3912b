import { METHOD_STEPS } from '@askfirst/server/store/method-entities.ts'

/** A reason for each step of the method, for tickets that are closed without having been worked on. */
export const LEFT_OUT: Readonly<Record<string, string>> = Object.fromEntries(
  METHOD_STEPS.map((step) => [step, 'only a test']),
)
