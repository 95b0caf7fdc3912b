import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { RequestId } from '../ids.ts'

/** The agent does not even show a request: it is malformed, too many wait, or the local policy forbids it. */
export const consentRefused = defineMessage({
  type: 'consent.refused',
  from: 'agent',
  since: 1,
  summary: 'Refuses a request before anyone sees it, with a code of the error table.',
  body: {
    requestId: RequestId,
    code: Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,63}$' }),
    detail: Type.String({ maxLength: 500 }),
  },
})
