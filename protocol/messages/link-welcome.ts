import { Type } from 'typebox'
import { closed, defineMessage } from '../define-message.ts'
import { Count, Instant, line } from '../fields.ts'
import { DeviceId, RunId } from '../ids.ts'
import { LIMITS } from '../limits.ts'

/** Answer to `link.hello`: the version in force, the device's standing, what the server already has. */
export const linkWelcome = defineMessage({
  type: 'link.welcome',
  from: 'server',
  since: 1,
  summary: 'Accepts the session: version, standing of the device, heartbeat, credit, where each open run resumes.',
  body: {
    protocol: Type.Integer({ minimum: 1, maximum: 65_535 }),
    deviceId: DeviceId,
    /** A quarantined device keeps its session but is asked for nothing until an admin approves it. */
    standing: Type.Enum(['active', 'quarantined']),
    organisation: Type.Object({ name: line(200), contact: line(200) }, closed),
    needCatalogue: Type.Boolean(),
    heartbeatMs: Type.Integer({ minimum: 100, maximum: 600_000 }),
    creditBytes: Type.Integer({ minimum: 0, maximum: LIMITS.maxCreditBytes }),
    /** For each run of `openRuns`: the first sequence number that the server lacks, or that it wants none of it. */
    resume: Type.Array(
      Type.Object({ runId: RunId, nextSeq: Count, state: Type.Enum(['wanted', 'recorded', 'unknown']) }, closed),
      { maxItems: LIMITS.maxOpenRuns },
    ),
    certificateExpiresAt: Instant,
  },
})
