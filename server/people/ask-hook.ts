import type { AskKind } from '@askfirst/protocol/ticket-ask.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { Store } from '../store/store.ts'

/**
 * What follows from the answer to a question of one kind. It is called after the answer is durable, and again when the device
 * repeats itself because the server failed in between: the same answer a second time must change nothing.
 */
export interface AskHook {
  readonly kind: AskKind
  onAnswered(ask: StoredAsk): Promise<void>
}

export interface AskHookDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
}
