import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Store } from '../store/store.ts'
import type { TimerDraft } from '../store/timer-store.ts'

export type TimerService = ReturnType<typeof createTimerService>

/** Sets timers and wakes who waits for the next one. */
export function createTimerService({ store, bus }: { readonly store: Pick<Store, 'timers'>; readonly bus: Bus }) {
  return {
    /** @see TimerStore.set */
    async set(timer: TimerDraft): Promise<void> {
      // It may be due before the one that runners sleep for.
      if (await store.timers.set(timer)) bus.publish({ topic: 'timers', kind: 'timer', id: timer.key })
    },
    /** @see TimerStore.cancel */
    cancel: (key: string): Promise<boolean> => store.timers.cancel(key),
    /** @see TimerStore.cancelFor */
    cancelFor: (ticketId: TicketId, kinds?: readonly string[]): Promise<number> =>
      store.timers.cancelFor(ticketId, kinds),
  }
}
