import type { Store } from '../store/store.ts'
import type { CloseCheck, CloseProblem, CloseWish } from '../tickets/closing.ts'
import { emptySteps, stepTitle } from './steps.ts'

/** Why steps were left out when the ticket ends before the method does. */
const ENDED_BEFORE: Readonly<Record<Exclude<CloseWish['as'], 'resolved'>, string>> = {
  'no-answer': 'The person did not answer.',
  withdrawn: 'The ticket was withdrawn.',
  duplicate: 'The work goes on in another ticket.',
  merged: 'The work goes on in another ticket.',
}
/** States of an action that nobody has said the end of. */
const OPEN_ACTIONS: readonly string[] = ['planned', 'asked', 'approved']

/**
 * A solved ticket says something at each step of the method, or why the step was left out, and leaves no action open
 * (SPEC T29). A ticket that ends otherwise ends before the method does.
 */
export function checkMethod(store: Pick<Store, 'method'>): CloseCheck {
  return async (ticket, { as, skips }) => {
    if (as !== 'resolved') return []
    const method = await store.method.read(ticket.id)
    const empty = emptySteps(method, ticket).filter((step) => !Object.hasOwn(skips, step))
    const open = method.actions.filter(({ state }) => OPEN_ACTIONS.includes(state))
    return [
      ...empty.map((step): CloseProblem => {
        const text = `“${stepTitle(step)}” says nothing. Write there, or say why it is left out.`
        return { code: 'STEP_EMPTY', text, about: step }
      }),
      ...open.map(({ id, what }): CloseProblem => {
        return {
          code: 'ACTION_OPEN',
          text: `“${what}” is planned and not done. Say what came of it, or drop it.`,
          about: id,
        }
      }),
    ]
  }
}

/** The reasons that the log keeps for steps that say nothing: those that were given, and the ticket's end for the others. */
export function leftOut(as: CloseWish['as'], empty: readonly string[], given: CloseWish['skips']): CloseWish['skips'] {
  const reasons = empty.flatMap((step) => {
    const reason = given[step] ?? (as === 'resolved' ? undefined : ENDED_BEFORE[as])
    return reason === undefined ? [] : [[step, reason] as const]
  })
  return Object.fromEntries(reasons)
}
