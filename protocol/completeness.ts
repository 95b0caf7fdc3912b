import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from './define-message.ts'
import { Count, Instant } from './fields.ts'

/** How a run ended. Only `complete` says that all there was to read was read (SPEC R8). */
export const RUN_STATES = ['complete', 'truncated', 'timeout', 'denied', 'unsupported', 'cancelled', 'error'] as const
export type RunEndState = (typeof RUN_STATES)[number]

/** One program or file that a collector read from, and how that went. */
export const SourceRecord = Type.Object(
  {
    /** The absolute executable with its arguments, or the file's path, redacted like a row. */
    source: Type.String({ maxLength: 1_024 }),
    kind: Type.Enum(['command', 'file', 'api']),
    state: Type.Enum(['ok', 'missing', 'denied', 'failed', 'timeout', 'killed', 'cut']),
    /** Exit code of a command; absent for a file and for a command that a signal ended. */
    exitCode: Type.Optional(Type.Integer()),
    /** Why, in one sentence; absent when `state` is `ok`. */
    detail: Type.Optional(Type.String({ maxLength: 1_024 })),
  },
  closed,
)
export type SourceRecord = Static<typeof SourceRecord>

/** The completeness record that ends every run: a failure can never look like an empty success. */
export const Completeness = Type.Object(
  {
    state: Type.Enum([...RUN_STATES]),
    /** A code of the error table; absent when the state is `complete`. */
    code: Type.Optional(Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,63}$' })),
    /** Why it is not complete, in one sentence for a technician; absent when the state is `complete`. */
    reason: Type.Optional(Type.String({ maxLength: 1_024 })),
    /** Rows that were put into chunks, after dropping in review. */
    rows: Count,
    /** Bytes of those rows as NDJSON before compression. */
    bytes: Count,
    /** Bytes of those rows as they travelled. */
    compressedBytes: Count,
    chunks: Count,
    /** Processor time of the collector host during the run, in ms. */
    cpuMs: Count,
    startedAt: Instant,
    endedAt: Instant,
    /** Redactions by kind, e.g. `{ secret: 2, userName: 14 }`. */
    redactions: Type.Record(Type.String({ maxLength: 32 }), Count),
    /** Rows that failed the collector's own row schema and were left out. */
    invalidRows: Count,
    /** Strings cut because a row was longer than a row may be. */
    cutFields: Count,
    /** Rows that the person dropped in review; their content is recorded nowhere. */
    droppedInReview: Count,
    /** Columns that the person left out of every row in review; absent: none (always absent before version 2). */
    columnsDroppedInReview: Type.Optional(Count),
    sources: Type.Array(SourceRecord, { maxItems: 64 }),
  },
  closed,
)
export type Completeness = Static<typeof Completeness>
