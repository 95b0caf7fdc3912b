import type { Static } from 'typebox'
import { Type } from 'typebox'
import { PLATFORMS } from './catalogue-entry.ts'
import { closed } from './define-message.ts'
import { line, Sha256 } from './fields.ts'
import { DeviceId } from './ids.ts'

/** Address of enrolment on the agents' listener, without a client certificate (SPEC H4). */
export const ENROL_PATH = '/enrol'
/** Address of the WebSocket on the agents' listener. */
export const LINK_PATH = '/link'
/** Longest body of request and answer, in bytes. */
export const MAX_ENROL_BYTES = 65_536

/** Body of `POST /enrol`, JSON. */
export const EnrolRequest = Type.Object(
  {
    /** The 16 bytes of the enrolment code's token as 32 hexadecimal digits. */
    token: Type.String({ pattern: '^[0-9a-f]{32}$', maxLength: 32 }),
    /** PKCS #10 request for a P-256 key, PEM. */
    csr: Type.String({ minLength: 64, maxLength: 8_192 }),
    /** SHA-256 of the machine's own id salted with the authority's fingerprint, so that no two servers can compare. */
    machineIdHash: Sha256,
    /** The computer's name. */
    name: line(255),
    platform: Type.Enum([...PLATFORMS]),
    arch: line(32),
    osName: line(128),
    agentVersion: line(64),
  },
  closed,
)
export type EnrolRequest = Static<typeof EnrolRequest>

/** Answer to `POST /enrol` with status 200; another status carries problem details with a code of the error table. */
export const EnrolAnswer = Type.Object(
  {
    deviceId: DeviceId,
    standing: Type.Enum(['active', 'quarantined']),
    organisation: Type.Object({ name: line(200), contact: line(200) }, closed),
    /** The device's certificate, PEM. */
    certificate: Type.String({ maxLength: 8_192 }),
    /** The pinned authority's certificate, PEM. */
    chain: Type.String({ maxLength: 32_768 }),
    /** Key that signs checkpoints, as a C2SP verifier key; kept by the agent as a witness. */
    logVerifierKey: Type.String({ maxLength: 512 }),
  },
  closed,
)
export type EnrolAnswer = Static<typeof EnrolAnswer>
