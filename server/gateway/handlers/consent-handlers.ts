import type { ConsentService } from '../../consent/consent-service.ts'
import type { ReportService } from '../../reports/report-service.ts'
import { answerRecorded } from './answer-recorded.ts'
import type { Handlers } from './handlers.ts'

/** How far a request got, receipts, revocations, reports. */
export function consentHandlers(
  consent: ConsentService,
  reports: ReportService,
): Pick<Handlers, `consent.${'seen' | 'refused' | 'receipt' | 'revocation' | 'reported'}`> {
  return {
    'consent.seen': (session, message) => consent.seen(session.deviceId, message),
    'consent.refused': (session, message) => consent.refused(session.deviceId, message),
    'consent.receipt': async (session, { requestId, jws }) => {
      answerRecorded(session, jws, await consent.recordReceipt(session.deviceId, requestId, jws))
    },
    'consent.revocation': async (session, { grantId, jws }) => {
      answerRecorded(session, jws, await consent.recordRevocation(session.deviceId, grantId, jws))
    },
    'consent.reported': async (session, message) => {
      answerRecorded(session, message.jws, await reports.record(session.deviceId, message))
    },
  }
}
