import { createSignJws } from '@askfirst/agent/identity/sign-jws.ts'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { ReportRecord } from '@askfirst/protocol/consent-record.ts'
import { REPORT_TYP } from '@askfirst/protocol/consent-record.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { ScriptedIdentity } from './scripted-agent.ts'
import { scriptedId } from './scripted-agent.ts'

/** What a device sends when its person finds a request suspicious. */
export function reportMessage(
  identity: ScriptedIdentity,
  { requestId, ticket, deviceId, technician }: ConsentRequest,
  said: Pick<ReportRecord, 'osUser' | 'reason'>,
): MessageNamed<'consent.reported'> {
  const reportId = scriptedId('rep')
  const record: ReportRecord = {
    schema: 'askfirst.report-record.v1',
    reportId,
    requestId,
    ticketId: ticket.id,
    deviceId,
    technicianId: technician.id,
    at: new Date().toISOString(),
    method: 'page',
    ...said,
  }
  const sign = createSignJws({ key: identity.key, certificatePem: identity.answer.certificate })
  return { type: 'consent.reported', reportId, jws: sign(REPORT_TYP, canonicalJson(record)) }
}
