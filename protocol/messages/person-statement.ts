import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { StatementId } from '../ids.ts'

/** The person opened a ticket, wrote in one, or answered whether it is fixed or what the desk asked. `consent.recorded` answers it. */
export const personStatement = defineMessage({
  type: 'person.statement',
  from: 'agent',
  since: 3,
  summary:
    'Carries what the person at the device said about a ticket, signed by the device: opened, reply, answer, decided.',
  body: {
    statementId: StatementId,
    /** Compact JWS (ES256) over the canonical JSON of a StatementRecord. */
    jws: Type.String({ pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$', maxLength: 65_536 }),
  },
})
