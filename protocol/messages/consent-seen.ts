import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { RequestId } from '../ids.ts'

/** How far a request got on the device. */
export const consentSeen = defineMessage({
  type: 'consent.seen',
  from: 'agent',
  since: 1,
  summary: 'Says that a request arrived on the device, or that it was shown to a person.',
  body: { requestId: RequestId, state: Type.Enum(['received', 'shown']) },
})
