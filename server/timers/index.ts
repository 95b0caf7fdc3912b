import { reminderHandler } from '../schedule/appointment-reminder.ts'
import type { Services } from '../services.ts'
import type { TimerHandler } from './timer-handler.ts'

/** Every kind of timer with what is done when it is due. */
export function timerHandlers(services: Services): readonly TimerHandler[] {
  return [reminderHandler(services)]
}
