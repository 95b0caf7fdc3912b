import type { Logger } from 'pino'
import type { ConsentService } from '../consent/consent-service.ts'
import { RepeatedLook } from '../timers/repeated-look.ts'
import type { RunService } from './run-service.ts'

const SWEEP_MS = 30_000

export interface OverdueDeps {
  readonly consent: Pick<ConsentService, 'expireOverdue'>
  readonly runs: Pick<RunService, 'endOverdue'>
  readonly log: Logger
}

/**
 * Ends what a device should have ended and did not, because it is off or gone: requests without an answer, runs whose
 * permission is over. It asks the store each time, at the start as well, so nothing is forgotten over a restart.
 */
export class OverdueSweep {
  readonly #deps: OverdueDeps
  readonly #sweeps = new RepeatedLook(() => this.#sweepOnce())

  constructor(deps: OverdueDeps, everyMs = SWEEP_MS) {
    this.#deps = deps
    this.#sweeps.start(everyMs)
  }

  /** Looks once, or waits for the look that is on. Never rejects: what fails is tried at the next turn. */
  sweep(): Promise<void> {
    return this.#sweeps.now()
  }

  close(): Promise<void> {
    return this.#sweeps.close()
  }

  async #sweepOnce(): Promise<void> {
    const { consent, runs, log } = this.#deps
    try {
      const requests = await consent.expireOverdue()
      const ended = await runs.endOverdue()
      if (requests + ended > 0) log.info({ requests, runs: ended }, 'ended what waited for devices too long')
    } catch (error) {
      log.error({ err: error }, 'overdue requests and runs could not be ended; the next turn tries again')
    }
  }
}
