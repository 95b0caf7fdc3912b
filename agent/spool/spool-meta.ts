import { closed } from '@askfirst/protocol/define-message.ts'
import { CollectorId, Count, Instant } from '@askfirst/protocol/fields.ts'
import { GrantId, RunId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

/** What the agent must know about a run whose rows wait on the disk, also after a restart. */
export const SpoolMeta = Type.Object(
  {
    runId: RunId,
    grantId: GrantId,
    ticketId: TicketId,
    collector: CollectorId,
    /** Rows wait until the person has looked at them. */
    review: Type.Boolean(),
    startedAt: Instant,
  },
  closed,
)
export type SpoolMeta = Static<typeof SpoolMeta>

/** Sums over the first chunks of a run. */
export const SpoolTotals = Type.Object({ chunks: Count, rows: Count, bytes: Count, compressedBytes: Count }, closed)
export type SpoolTotals = Static<typeof SpoolTotals>

/** What of a run was acknowledged, and which generation of its files counts (a review writes a new one). */
export const SpoolState = Type.Object({ generation: Count, acknowledged: SpoolTotals }, closed)
export type SpoolState = Static<typeof SpoolState>

export const NO_CHUNKS: SpoolTotals = { chunks: 0, rows: 0, bytes: 0, compressedBytes: 0 }
