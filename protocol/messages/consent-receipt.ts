import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { RequestId } from '../ids.ts'

/** The person's decision, signed with the device's key. */
export const consentReceipt = defineMessage({
  type: 'consent.receipt',
  from: 'agent',
  since: 1,
  summary: 'Carries the signed decision on a request: allowed, denied, or no answer.',
  body: {
    requestId: RequestId,
    /** Compact JWS (ES256) over the canonical JSON of a ConsentRecord. */
    jws: Type.String({ pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$', maxLength: 65_536 }),
  },
})
