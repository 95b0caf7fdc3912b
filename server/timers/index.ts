import type { Services } from '../services.ts'
import { clockAlarms } from '../ticket-clock/clock-alarms.ts'
import { noAnswerHandlers } from '../tickets/no-answer.ts'
import type { TimerHandler } from './timer-handler.ts'

/** Every kind of timer with what is done when it is due. */
export function timerHandlers(services: Services): readonly TimerHandler[] {
  const afterChange = (id: Parameters<typeof services.consent.ticketChanged>[0]) => services.consent.ticketChanged(id)
  return [...noAnswerHandlers(services), ...clockAlarms({ ...services, afterChange })]
}
