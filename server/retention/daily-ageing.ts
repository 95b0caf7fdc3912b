import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Store } from '../store/store.ts'
import type { TimerDraft } from '../store/timer-store.ts'
import type { TimerHandler } from '../timers/timer-handler.ts'
import type { RetentionService } from './retention-service.ts'

const DAY_MS = 86_400_000
/** In UTC; most desks sleep. */
const HOUR_MS = 3 * 3_600_000
const KIND = 'retention.daily'

/** The timer of the next look for data whose time is over. */
export function nextAgeing(nowMs: number): TimerDraft {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS + HOUR_MS
  const dueAt = new Date(today > nowMs ? today : today + DAY_MS).toISOString()
  return { key: 'retention/daily', kind: KIND, ticketId: null, dueAt, body: {} }
}

/** Looks once a day for data whose time is over; to delete what is gone already does nothing, so that it may be repeated. */
export function ageingHandler({
  retention,
  store,
  clock,
}: {
  readonly retention: Pick<RetentionService, 'ageOut'>
  readonly store: Pick<Store, 'timers'>
  readonly clock: Clock
}): TimerHandler {
  return {
    kind: KIND,
    async fire(timer) {
      await retention.ageOut()
      await store.timers.fire(timer, isoNow(clock), { timers: [nextAgeing(clock.now())] })
    },
  }
}
