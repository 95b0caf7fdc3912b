import { closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GrantId, RunId } from '@askfirst/protocol/ids.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import { Type } from 'typebox'
import { replaceFile, writeWhole } from '../consent/durable-file.ts'

const FILE = 'seen-orders.jsonl'
const line = schemaCheck(Type.Object({ runId: RunId, grantId: GrantId }, { additionalProperties: false }))
/** Most orders that are remembered; a grant that has used up so many is not worth much more. */
const MAX_SEEN = 65_536

/** Remembers the ids of orders under grants that still hold, so that none is run twice, not even after a restart (SPEC R1). */
export class SeenOrders {
  readonly #path: string
  readonly #seen = new Map<RunId, GrantId>()

  constructor(dataDir: string) {
    this.#path = join(dataDir, FILE)
    for (const text of existsSync(this.#path) ? readFileSync(this.#path, 'utf8').split('\n') : []) this.#load(text)
    this.#rewrite()
  }

  has(runId: RunId): boolean {
    return this.#seen.has(runId)
  }

  get isFull(): boolean {
    return this.#seen.size >= MAX_SEEN
  }

  /** Remembers an order; it is on disk when this returns. */
  add(runId: RunId, grantId: GrantId): void {
    const file = openSync(this.#path, 'a', 0o600)
    try {
      writeWhole(file, Buffer.from(`${JSON.stringify({ runId, grantId })}\n`))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#seen.set(runId, grantId)
  }

  /** Forgets orders under grants that cannot be used any more: the grant refuses them from now on. */
  forgetUnless(isActive: (grantId: GrantId) => boolean): void {
    const before = this.#seen.size
    for (const [runId, grantId] of this.#seen) if (!isActive(grantId)) this.#seen.delete(runId)
    if (this.#seen.size < before) this.#rewrite()
  }

  #rewrite(): void {
    replaceFile(
      this.#path,
      [...this.#seen].map(([runId, grantId]) => `${JSON.stringify({ runId, grantId })}\n`).join(''),
    )
  }

  #load(text: string): void {
    try {
      const value: unknown = JSON.parse(text)
      if (line.Check(value)) this.#seen.set(value.runId, value.grantId)
    } catch {
      return // The empty piece after the last line break, or a line that a crash left torn: its order was never acted on.
    }
  }
}
