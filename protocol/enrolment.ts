import type { Static } from 'typebox'
import { Type } from 'typebox'
import { PLATFORMS } from './catalogue-entry.ts'
import { closed } from './define-message.ts'
import { Instant, line, Sha256 } from './fields.ts'
import { DeviceId } from './ids.ts'

/** Longest body of `POST /enrol` in bytes. */
export const MAX_ENROLMENT_BYTES = 16_384

/** What a machine sends with `POST /enrol` (SPEC H4), as JSON over TLS without a client certificate. */
export const EnrolmentRequest = Type.Object(
  {
    /** The 16 bytes of the enrolment code's token, base64url without padding. */
    token: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', maxLength: 22 }),
    /** PKCS #10 request for a P-256 key, PEM. */
    csr: Type.String({ minLength: 64, maxLength: 8_192 }),
    /** SHA-256 of the machine's own id followed by the authority's fingerprint; the id itself stays on the machine. */
    machineIdHash: Sha256,
    platform: Type.Enum([...PLATFORMS]),
    arch: line(32),
    osName: line(128),
    hostName: line(255),
    agentVersion: line(64),
  },
  closed,
)
export type EnrolmentRequest = Static<typeof EnrolmentRequest>

/** What comes back with status 201. */
export const EnrolmentAnswer = Type.Object({
  deviceId: DeviceId,
  standing: Type.Enum(['active', 'quarantined']),
  /** PEM of the device's certificate, and of the authorities above it. */
  certificate: Type.String({ minLength: 64, maxLength: 8_192 }),
  chain: Type.String({ minLength: 64, maxLength: 32_768 }),
  certificateExpiresAt: Instant,
  /** C2SP verifier key of the server's log, kept by the agent as a witness; absent: checkpoints are the server's word. */
  logVerifierKey: Type.Optional(Type.String({ maxLength: 512 })),
})
export type EnrolmentAnswer = Static<typeof EnrolmentAnswer>
