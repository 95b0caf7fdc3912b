import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { Sha256 } from '../fields.ts'

/** A receipt, revocation, report or statement stands in the ticket's findings log; the agent stops re-sending it. */
export const consentRecorded = defineMessage({
  type: 'consent.recorded',
  from: 'server',
  since: 1,
  summary:
    'Says that a receipt, revocation, report or statement is durable in the findings log, or was refused for good.',
  body: {
    /** SHA-256 of the JWS as it was sent. */
    jwsSha256: Sha256,
    outcome: Type.Enum(['recorded', 'refused']),
    /** A code of the error table; absent when recorded. */
    code: Type.Optional(Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,63}$' })),
  },
})
