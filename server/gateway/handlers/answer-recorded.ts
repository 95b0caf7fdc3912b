import { sha256Hex } from '../../ca/certificates.ts'
import type { RecordOutcome } from '../../consent/consent-service.ts'
import type { AgentSession } from '../session.ts'

/** Tells an agent what became of something that its device signed. */
export function answerRecorded(session: AgentSession, jws: string, outcome: RecordOutcome): void {
  session.send({
    type: 'consent.recorded',
    jwsSha256: sha256Hex(Buffer.from(jws)),
    outcome: outcome.ok ? 'recorded' : 'refused',
    ...(outcome.ok ? {} : { code: outcome.code }),
  })
}
