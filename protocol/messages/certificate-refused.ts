import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'

/** The renewal is refused; the old certificate stays until it ends. */
export const certificateRefused = defineMessage({
  type: 'certificate.refused',
  from: 'server',
  since: 1,
  summary: 'Refuses a renewal with a code of the error table.',
  body: { code: Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,63}$' }), detail: Type.String({ maxLength: 500 }) },
})
