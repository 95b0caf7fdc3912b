import type { ErasureId } from '@askfirst/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Store } from '../store/store.ts'
import type { TimerDraft } from '../store/timer-store.ts'
import type { TimerHandler } from '../timers/timer-handler.ts'

const KIND = 'person.erase'
/** Who ordered it erases at once; the timer is there for what was cut off. */
const PATIENCE_MS = 60_000

/** The timer that goes on with an erasure, whatever falls over. */
export function erasureTimer(erasureId: ErasureId, clock: Clock): TimerDraft {
  const dueAt = new Date(clock.now() + PATIENCE_MS).toISOString()
  return { key: `erasure/${erasureId}`, kind: KIND, ticketId: null, dueAt, body: { erasureId } }
}

/** Goes on with an erasure that a stop of the server cut off; what is erased already is passed over. */
export function erasureHandler({
  people,
  store,
  clock,
}: {
  readonly people: { goOn(id: ErasureId): Promise<unknown> }
  readonly store: Pick<Store, 'timers'>
  readonly clock: Clock
}): TimerHandler {
  return {
    kind: KIND,
    async fire(timer) {
      // Written by `erasureTimer`.
      await people.goOn(timer.body['erasureId'] as ErasureId)
      await store.timers.fire(timer, isoNow(clock))
    },
  }
}
