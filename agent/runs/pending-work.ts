import type { RunId } from '@askfirst/protocol/ids.ts'
import type { AgentLog } from '../log.ts'

/** What is being done for runs and waited for by nobody but the stop of the agent. */
export class PendingWork {
  readonly #log: AgentLog
  readonly #open = new Set<Promise<void>>()

  constructor(log: AgentLog) {
    this.#log = log
  }

  /** A failure is the disk's or a bug; the run's rows stay where they are and the next start ends it. */
  add(runId: RunId, work: Promise<void>): void {
    const guarded = work
      .catch((error: unknown) => this.#log.error({ runId, err: error }, 'a run could not be carried on'))
      .finally(() => this.#open.delete(guarded))
    this.#open.add(guarded)
  }

  /** Resolves when nothing is being done any more. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open)
  }
}
