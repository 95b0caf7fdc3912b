import type { Services } from '../services.ts'
import { noAnswerHandlers } from '../tickets/no-answer.ts'
import type { TimerHandler } from './timer-handler.ts'

/** Every kind of timer with what is done when it is due. */
export function timerHandlers(services: Services): readonly TimerHandler[] {
  return [...noAnswerHandlers(services)]
}
