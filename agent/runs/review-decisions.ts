import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RunId } from '@askfirst/protocol/ids.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import { Type } from 'typebox'
import { replaceFile } from '../consent/durable-file.ts'

const FILE = 'reviews.json'
const validator = schemaCheck(Type.Array(RunId, { maxItems: 1_024 }))

/** Which runs in review the person has decided to send; on disk before the first row leaves (SPEC C18). */
export class ReviewDecisions {
  readonly #path: string
  readonly #send: Set<RunId>

  /** Opens the list; an unreadable one means that nothing was decided, which is the safe side. */
  constructor(dataDir: string) {
    this.#path = join(dataDir, FILE)
    this.#send = new Set(read(this.#path))
  }

  mayBeSent(runId: RunId): boolean {
    return this.#send.has(runId)
  }

  add(runId: RunId): void {
    this.#write(new Set([...this.#send, runId]))
    this.#send.add(runId)
  }

  remove(runId: RunId): void {
    if (!this.#send.delete(runId)) return
    this.#write(this.#send)
  }

  #write(runIds: ReadonlySet<RunId>): void {
    replaceFile(this.#path, JSON.stringify([...runIds]))
  }
}

function read(path: string): readonly RunId[] {
  if (!existsSync(path)) return []
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return validator.Check(value) ? value : []
  } catch {
    return [] // See the constructor.
  }
}
