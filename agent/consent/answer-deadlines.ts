import type { RequestId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { AgentClock } from './agent-clock.ts'
import type { HeldRequest } from './consent-state.ts'

/** Until when requests wait, by both clocks: the wall clock alone could be set back to keep a prompt open (SPEC C2). */
export class AnswerDeadlines {
  readonly #clock: AgentClock
  readonly #monotonicEnds = new Map<RequestId, number>()

  constructor(clock: AgentClock) {
    this.#clock = clock
  }

  /** Starts the monotonic wait of a request, now or after a restart. */
  begin({ request, deadline }: HeldRequest): void {
    const leftMs = Math.min(Date.parse(deadline) - this.#clock.wallMs(), LIMITS.maxAnswerMs)
    this.#monotonicEnds.set(request.requestId, this.#clock.monotonicMs() + leftMs)
  }

  forget(requestId: RequestId): void {
    this.#monotonicEnds.delete(requestId)
  }

  /** Whether silence has become "no answer". */
  isOver({ request, deadline }: HeldRequest): boolean {
    const monotonicEnd = this.#monotonicEnds.get(request.requestId) ?? Number.NEGATIVE_INFINITY
    return this.#clock.wallMs() >= Date.parse(deadline) || this.#clock.monotonicMs() >= monotonicEnd
  }
}
