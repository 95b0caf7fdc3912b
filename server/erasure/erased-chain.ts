import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { Count, Sha256 } from '@askfirst/protocol/fields.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { AttachmentId, RunId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { logEntryHash } from '../store/sql/seal.ts'
import { erasedEntry } from './erased-entry.ts'

/** What an entry of the kind `person.erased` names: entries with the SHA-256 of what stays of them, runs and files. */
const isErasedBody = Compile(
  Type.Object({
    entries: Type.Array(Type.Object({ seq: Count, sha256: Sha256 })),
    runs: Type.Array(RunId),
    files: Type.Array(AttachmentId),
  }),
)

/** The runs and files that an entry says were erased; null when it says nothing of the kind. */
export function erasedThings({ kind, body }: LogEntry): readonly string[] | null {
  return kind === 'person.erased' && isErasedBody.Check(body) ? [...body.runs, ...body.files] : null
}

/**
 * Follows a log entry by entry and tells those whose words were erased from those that were changed (SPEC G11, G12). An entry
 * that does not fit its hash passes only if nothing of it can be words, and a later entry that fits its own
 * hash names it with the SHA-256 of what is left.
 */
export class ErasedChain {
  readonly #waiting = new Map<number, string>()
  readonly #erased = new Set<number>()

  /** Takes the next entry; false when its content is neither as its hash says nor that of an erased entry. */
  take(entry: LogEntry): boolean {
    const own = logEntryHash(entry)
    if (own === entry.hash) {
      this.#explain(entry)
      return true
    }
    if (entry.kind === 'person.erased' || canonicalJson(erasedEntry(entry)) !== canonicalJson(entry)) return false
    this.#waiting.set(entry.seq, own)
    return true
  }

  /** The first entry that lost its words although no later one says so; null when there is none. */
  get unexplained(): number | null {
    return this.#waiting.size === 0 ? null : Math.min(...this.#waiting.keys())
  }

  /** Numbers of the entries whose words were erased. */
  get erased(): ReadonlySet<number> {
    return this.#erased
  }

  /** These, and those that wait for a later entry to tell of it. */
  get wordless(): ReadonlySet<number> {
    return new Set([...this.#erased, ...this.#waiting.keys()])
  }

  #explain({ kind, body }: LogEntry): void {
    if (kind !== 'person.erased' || !isErasedBody.Check(body)) return
    for (const { seq, sha256 } of body.entries) {
      if (this.#waiting.get(seq) !== sha256) continue
      this.#waiting.delete(seq)
      this.#erased.add(seq)
    }
  }
}
