import type { Static } from 'typebox'
import { Type } from 'typebox'

/** When rows and files of closed tickets are deleted; their digests and everything signed stay in the logs. */
export const RetentionRule = Type.Object(
  {
    isOn: Type.Boolean(),
    /** Days since the last change of a closed ticket; while it is on no more than people are told (`retentionDays`). */
    closedDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
  },
  { additionalProperties: false },
)
export type RetentionRule = Static<typeof RetentionRule>

export const DEFAULT_RETENTION: RetentionRule = { isOn: false, closedDays: 90 }
