import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { ReportId } from '../ids.ts'

/** The person reported a request as suspicious; its technician is blocked on the device already. */
export const consentReported = defineMessage({
  type: 'consent.reported',
  from: 'agent',
  since: 2,
  summary:
    'Carries the signed report of a person that a request is suspicious; its technician is blocked on the device.',
  body: {
    reportId: ReportId,
    jws: Type.String({ pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$', maxLength: 65_536 }),
  },
})
