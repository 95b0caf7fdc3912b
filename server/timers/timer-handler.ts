import type { Timer } from '../store/timer-store.ts'

/** What is done with timers of one kind. */
export interface TimerHandler {
  readonly kind: string
  /**
   * Called when a timer is due; may be called again for the same one (a server fell over, a lease ran out), so what it
   * writes goes through `store.timers.fire` or a method that ends the timer itself. What it leaves undone by returning
   * counts as done; what it throws is tried again later.
   */
  fire(timer: Timer): Promise<void>
}
