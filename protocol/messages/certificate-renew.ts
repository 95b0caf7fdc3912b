import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'

/** Asks for a new certificate before the old one ends. */
export const certificateRenew = defineMessage({
  type: 'certificate.renew',
  from: 'agent',
  since: 1,
  summary: 'Sends a signing request for the same device; the key may be the same or a new one.',
  body: { csr: Type.String({ minLength: 64, maxLength: 8_192 }) },
})
