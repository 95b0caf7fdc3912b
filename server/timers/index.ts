import { ageingHandler } from '../retention/daily-ageing.ts'
import type { Services } from '../services.ts'
import type { TimerHandler } from './timer-handler.ts'

/** Every kind of timer with what is done when it is due. */
export function timerHandlers(services: Services): readonly TimerHandler[] {
  return [ageingHandler(services)]
}
