import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'

/** The renewed certificate. */
export const certificateIssued = defineMessage({
  type: 'certificate.issued',
  from: 'server',
  since: 1,
  summary: 'Hands over the renewed certificate and the chain to the pinned authority.',
  body: { certificate: Type.String({ maxLength: 8_192 }), chain: Type.String({ maxLength: 32_768 }) },
})
