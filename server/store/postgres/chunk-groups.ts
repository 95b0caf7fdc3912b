import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { ChunkInput, ChunkOutcome } from '../entities.ts'

/** Chunk bytes of one transaction. */
const MAX_GROUP_BYTES = 8 * 1_048_576
/** Calls that may wait; beyond that the database is too slow for what comes, and says so. */
const MAX_WAITING = 10_000

type Append = (chunks: readonly ChunkInput[]) => Promise<readonly ChunkOutcome[]>
interface Waiting {
  readonly chunks: readonly ChunkInput[]
  readonly resolve: (outcomes: readonly ChunkOutcome[]) => void
  readonly reject: (error: unknown) => void
}

/** Puts the chunks of callers who come while a transaction is on into the next one: group commit over callers. */
export class ChunkGroups {
  readonly #append: Append
  readonly #waiting: Waiting[] = []
  #running = false

  constructor(append: Append) {
    this.#append = append
  }

  append(chunks: readonly ChunkInput[]): Promise<readonly ChunkOutcome[]> {
    if (chunks.length === 0) return Promise.resolve([])
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(
        new AskFirstError(
          'UNAVAILABLE',
          `${MAX_WAITING} calls wait to store chunks; the database is too slow for what comes`,
        ),
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ chunks, resolve, reject })
      if (!this.#running) void this.#drain()
    })
  }

  /** Never rejects: every failure goes to the callers of its group. */
  async #drain(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) await this.#storeGroup(this.#nextGroup())
    this.#running = false
  }

  #nextGroup(): Waiting[] {
    const group: Waiting[] = []
    for (let bytes = 0; bytes < MAX_GROUP_BYTES; ) {
      const call = this.#waiting.shift()
      if (call === undefined) break
      group.push(call)
      for (const { body } of call.chunks) bytes += body.byteLength
    }
    return group
  }

  async #storeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#append(group.flatMap(({ chunks }) => chunks))
      let at = 0
      for (const { chunks, resolve } of group) {
        resolve(outcomes.slice(at, at + chunks.length))
        at += chunks.length
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
}
