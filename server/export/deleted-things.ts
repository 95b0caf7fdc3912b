import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { erasedThings } from '../erasure/erased-chain.ts'
import { isAgedOutBody } from './log-bodies.ts'

/** Runs and files whose bytes the log says were deleted: after their time (SPEC G10), or with a person's data (SPEC G11). */
export class DeletedThings {
  readonly #how = new Map<string, 'agedOut' | 'erased'>()
  /** How many things were missed so far, by why they are gone. */
  readonly missed = { agedOut: 0, erased: 0 }

  constructor(entries: readonly LogEntry[]) {
    for (const entry of entries) {
      const { kind, body } = entry
      for (const id of erasedThings(entry) ?? []) this.#how.set(id, 'erased')
      if (kind === 'retention.aged-out' && isAgedOutBody.Check(body))
        for (const id of [...body.runs, ...body.files]) this.#how.set(id, 'agedOut')
    }
  }

  /** Whether something that is not there is gone as the log says; counts it. @param isThere what is there was not deleted */
  misses(id: string, isThere: boolean): boolean {
    const how = isThere ? undefined : this.#how.get(id)
    if (how === undefined) return false
    this.missed[how] += 1
    return true
  }
}
