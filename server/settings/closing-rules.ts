import type { Static } from 'typebox'
import { Type } from 'typebox'

/** When tickets end without a word of the person, and how long they can come back; in days. */
export const ClosingRules = Type.Object(
  {
    /** A resolved ticket whose person says nothing is closed after so long, as `no-answer`; half-way they are reminded. */
    noAnswerDays: Type.Integer({ minimum: 1, maximum: 90 }),
    /** For so long a closed ticket can be opened again. */
    reopenDays: Type.Integer({ minimum: 1, maximum: 365 }),
  },
  { additionalProperties: false },
)
export type ClosingRules = Static<typeof ClosingRules>

export const DEFAULT_CLOSING: ClosingRules = { noAnswerDays: 5, reopenDays: 30 }
