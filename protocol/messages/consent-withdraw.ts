import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { RequestId } from '../ids.ts'

/** The desk no longer asks. A grant that was given meanwhile ends as well. */
export const consentWithdraw = defineMessage({
  type: 'consent.withdraw',
  from: 'server',
  since: 1,
  summary: 'Takes a request back; a grant that came of it ends.',
  body: { requestId: RequestId, reason: Type.Enum(['withdrawn', 'ticket-closed', 'reassigned', 'expired']) },
})
