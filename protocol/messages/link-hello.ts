import { Type } from 'typebox'
import { PLATFORMS } from '../catalogue-entry.ts'
import { defineMessage } from '../define-message.ts'
import { Count, Instant, line, Sha256 } from '../fields.ts'
import { RunId } from '../ids.ts'
import { LIMITS } from '../limits.ts'

/** First message of an agent: who it is beyond its certificate, what it speaks, which runs it still holds. */
export const linkHello = defineMessage({
  type: 'link.hello',
  from: 'agent',
  since: 1,
  summary: 'Opens a session: versions, platform, catalogue hash, runs that are still held in the spool.',
  body: {
    protocol: Type.Object({
      oldest: Type.Integer({ minimum: 1, maximum: 65_535 }),
      newest: Type.Integer({ minimum: 1, maximum: 65_535 }),
    }),
    agentVersion: line(64),
    platform: Type.Enum([...PLATFORMS]),
    arch: line(32),
    osName: line(128),
    hostName: line(255),
    /** SHA-256 of the canonical JSON of the catalogue; the server asks for the catalogue when it does not know it. */
    catalogueSha256: Sha256,
    /** The device's own clock, for the skew shown to technicians; never used to judge a grant. */
    clock: Instant,
    /** Runs whose rows or end the server may not have yet. */
    openRuns: Type.Array(Type.Object({ runId: RunId, nextSeq: Count, ended: Type.Boolean() }), {
      maxItems: LIMITS.maxOpenRuns,
    }),
  },
})
