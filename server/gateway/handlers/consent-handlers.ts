import { sha256Hex } from '../../ca/certificates.ts'
import type { ConsentService, RecordOutcome } from '../../consent/consent-service.ts'
import type { ReportService } from '../../reports/report-service.ts'
import type { AgentSession } from '../session.ts'
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
      answer(session, jws, await consent.recordReceipt(session.deviceId, requestId, jws))
    },
    'consent.revocation': async (session, { grantId, jws }) => {
      answer(session, jws, await consent.recordRevocation(session.deviceId, grantId, jws))
    },
    'consent.reported': async (session, message) => {
      answer(session, message.jws, await reports.record(session.deviceId, message))
    },
  }
}

function answer(session: AgentSession, jws: string, outcome: RecordOutcome): void {
  session.send({
    type: 'consent.recorded',
    jwsSha256: sha256Hex(Buffer.from(jws)),
    outcome: outcome.ok ? 'recorded' : 'refused',
    ...(outcome.ok ? {} : { code: outcome.code }),
  })
}
