import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { Count, Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

/** What the device's own record can say. A kind keeps its meaning for ever. */
const HISTORY_KINDS = [
  'request.received',
  'request.refused',
  'request.shown',
  'request.answered',
  'request.expired',
  'request.withdrawn',
  'grant.ended',
  'receipt.recorded',
  'receipt.refused',
  'run.started',
  'run.refused',
  'run.ended',
  'review.decided',
  'checkpoint.kept',
  'witness.conflict',
  'clock.stepped-back',
  'state.unreadable',
  'history.repaired',
  'history.broken',
  'request.reported',
  'report.cleared',
  'report.told',
  'statement.signed',
  'statement.recorded',
  'statement.refused',
  'attachment.sent',
  'attachment.refused',
] as const
export type HistoryKind = (typeof HISTORY_KINDS)[number]

/** One line of the record. `hash` covers all other fields, the previous line's hash among them. */
export const HistoryEntry = Type.Object(
  {
    seq: Count,
    at: Instant,
    kind: Type.Enum([...HISTORY_KINDS]),
    /** Ids, counts, decisions and the words that were exchanged; never collected rows. */
    body: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()),
    previousHash: Sha256,
    hash: Sha256,
  },
  { additionalProperties: false },
)
export type HistoryEntry = Static<typeof HistoryEntry>

const validator = schemaCheck(HistoryEntry)

/** Completes an entry with its hash: SHA-256 of the canonical JSON (RFC 8785) of all other fields. */
export function sealEntry(entry: Omit<HistoryEntry, 'hash'>): HistoryEntry {
  return { ...entry, hash: entryHash(entry) }
}

/** The hash that an entry must carry. */
function entryHash({ seq, at, kind, body, previousHash }: Omit<HistoryEntry, 'hash'>): string {
  return createHash('sha256').update(canonicalJson({ seq, at, kind, body, previousHash })).digest('hex')
}

/** Reads one line of the file; null when it is not an entry whose hash fits its content. */
export function parseEntry(line: string): HistoryEntry | null {
  try {
    const value: unknown = JSON.parse(line)
    return validator.Check(value) && value.hash === entryHash(value) ? value : null
  } catch {
    return null // Not JSON, or JSON that has no canonical form: no entry.
  }
}
