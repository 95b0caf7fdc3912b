import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { GrantId } from '@askfirst/protocol/ids.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { AgentClock } from './agent-clock.ts'
import { instant } from './agent-clock.ts'
import { MAX_STEP_BACK_MS } from './grant-clock.ts'
import { WallMark } from './wall-mark.ts'

/**
 * Watches for a wall clock that was set back, also while the agent was off. Then nobody can tell how long the grants of
 * that moment have lasted, and they are distrusted for good (SPEC C8).
 */
export class ClockWatch {
  readonly #clock: AgentClock
  readonly #history: LocalHistory
  readonly #mark: WallMark
  readonly #distrusted = new Set<GrantId>()
  #latestWallMs: number

  constructor(options: { readonly dataDir: string; readonly clock: AgentClock; readonly history: LocalHistory }) {
    this.#clock = options.clock
    this.#history = options.history
    this.#mark = new WallMark(options.dataDir, options.clock)
    this.#latestWallMs = Math.max(options.history.lastAtMs() ?? options.clock.wallMs(), this.#mark.readMs())
  }

  distrusts(grantId: GrantId): boolean {
    return this.#distrusted.has(grantId)
  }

  /** Looks at the clock and distrusts the grants that are in force when it was set back. */
  look(active: () => readonly { readonly grant: Grant }[]): void {
    const nowMs = this.#clock.wallMs()
    if (nowMs < this.#latestWallMs - MAX_STEP_BACK_MS) {
      this.#history.append('clock.stepped-back', { latest: instant(this.#latestWallMs), now: instant(nowMs) })
      for (const { grant } of active()) this.#distrusted.add(grant.grantId)
      this.#latestWallMs = nowMs
    }
    this.#latestWallMs = Math.max(this.#latestWallMs, nowMs)
    this.note(active())
  }

  /** Notes on disk how far the clock has come while a grant that is trusted is in force. */
  note(active: readonly { readonly grant: Grant }[], isLast = false): void {
    const trusted = active.filter(({ grant }) => !this.#distrusted.has(grant.grantId))
    if (trusted.length === 0) return
    const isAhead = trusted.every(({ grant }) => Date.parse(grant.validFrom) > this.#clock.wallMs())
    this.#mark.note({ isLast, isAhead })
  }
}
