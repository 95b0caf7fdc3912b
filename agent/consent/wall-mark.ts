import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentClock } from './agent-clock.ts'
import { instant } from './agent-clock.ts'
import { replaceFile } from './durable-file.ts'

const FILE = 'clock.mark'
const EVERY_MS = 10_000
/** While all grants lie ahead nothing is lost by a coarser mark, and a disk is spared thousands of writes a day. */
const AHEAD_EVERY_MS = 5 * 60_000

/**
 * Keeps on disk how far the wall clock had come while a grant was in force. The monotonic clock does not survive a
 * restart; by this mark a wall clock that was set back meanwhile is noticed all the same (SPEC C8).
 */
export class WallMark {
  readonly #path: string
  readonly #clock: AgentClock
  #noted = Number.NEGATIVE_INFINITY

  constructor(dataDir: string, clock: AgentClock) {
    this.#path = join(dataDir, FILE)
    this.#clock = clock
  }

  /** Unix ms; 0 when there is no mark or it cannot be read. */
  readMs(): number {
    const text = existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : ''
    return Date.parse(text.trim()) || 0
  }

  /** Notes the time now and then, more often while something may be read; always when it is the last chance. */
  note({ isLast, isAhead }: { readonly isLast: boolean; readonly isAhead: boolean }): void {
    const now = this.#clock.monotonicMs()
    if (!isLast && now - this.#noted < (isAhead ? AHEAD_EVERY_MS : EVERY_MS)) return
    this.#noted = now
    replaceFile(this.#path, `${instant(this.#clock.wallMs())}\n`)
  }
}
