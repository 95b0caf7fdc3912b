import type { TicketId } from '@askfirst/protocol/ids.ts'
import { erasureHandler } from '../erasure/erasure-timer.ts'
import { ageingHandler } from '../retention/daily-ageing.ts'
import { reminderHandler } from '../schedule/appointment-reminder.ts'
import type { Services } from '../services.ts'
import { clockAlarms } from '../ticket-clock/clock-alarms.ts'
import { noAnswerHandlers } from '../tickets/no-answer.ts'
import type { TimerHandler } from './timer-handler.ts'

/** Every kind of timer with what is done when it is due. */
export function timerHandlers(services: Services): readonly TimerHandler[] {
  const afterChange = async (id: TicketId) => {
    await services.consent.ticketChanged(id)
    await services.asks.ticketChanged(id)
  }
  return [
    ...noAnswerHandlers(services),
    ...clockAlarms({ ...services, afterChange }),
    reminderHandler(services),
    ageingHandler(services),
    erasureHandler(services),
  ]
}
