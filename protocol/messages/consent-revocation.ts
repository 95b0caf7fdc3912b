import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { GrantId } from '../ids.ts'

/** The person took a grant back; it has already ended on the device. */
export const consentRevocation = defineMessage({
  type: 'consent.revocation',
  from: 'agent',
  since: 1,
  summary: 'Carries the signed withdrawal of a grant, which took effect on the device before this was sent.',
  body: {
    grantId: GrantId,
    jws: Type.String({ pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$', maxLength: 65_536 }),
  },
})
