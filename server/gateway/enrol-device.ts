import { createHash } from 'node:crypto'
import type { EnrolmentAnswer, EnrolmentRequest } from '@askfirst/protocol/enrolment.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { CertificateAuthority } from '../ca/authority.ts'
import type { LogSigner } from '../ca/log-signer.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { AuditDraft, DeviceCertificate } from '../store/entities.ts'
import type { Store } from '../store/store.ts'

/** What enrolling needs. */
export interface EnrolDeps {
  readonly store: Store
  readonly authority: CertificateAuthority
  readonly clock: Clock
  readonly signer: LogSigner
  readonly certificateLifetimeMs: number
}

export interface Enrolled {
  readonly answer: EnrolmentAnswer
  readonly reinstalled: boolean
}

/**
 * Enrols a machine (SPEC H4 to H7): token, proof of possession, certificate, device record. A machine that was enrolled
 * before keeps its device record.
 *
 * @throws AskFirstError `ENROLMENT_CODE_INVALID`, also for a device that was revoked; `CSR_INVALID`
 */
export async function enrolDevice(deps: EnrolDeps, request: EnrolmentRequest): Promise<Enrolled> {
  const tokenHash = createHash('sha256').update(Buffer.from(request.token, 'base64url')).digest('hex')
  const now = isoNow(deps.clock)
  // Asked before the costly signature; `enrol` decides again in one transaction.
  const token = await deps.store.enrolment.usable(tokenHash, now)
  if (token === null) throw unusable()
  const known = await deps.store.devices.byMachine(request.machineIdHash)
  const deviceId = known?.id ?? newId('dev', deps.clock)
  const earlier = known === null ? null : await deps.store.devices.certificates(deviceId)
  const issued = deps.authority.issueDevice({
    deviceId,
    csrPem: request.csr,
    now: deps.clock.now(),
    lifetimeMs: deps.certificateLifetimeMs,
  })
  const result = await deps.store.enrolment.enrol({
    tokenHash,
    now,
    device: toDevice(request, {
      id: deviceId,
      name: known?.name ?? request.hostName,
      enrolledAt: known?.enrolledAt ?? now,
    }),
    certificate: { ...issued, deviceId, revokedAt: null, revocationReason: null },
    audit: enrolledDraft({ deviceId, publicKeySha256: issued.publicKeySha256, at: now, tokenId: token.id }, earlier),
  })
  if (result === null || result.device.standing === 'revoked') throw unusable()
  return {
    reinstalled: result.reinstalled,
    answer: {
      deviceId: result.device.id,
      standing: result.device.standing,
      certificate: issued.pem,
      chain: deps.authority.certificatePem,
      certificateExpiresAt: issued.notAfter,
      logVerifierKey: deps.signer.verifierKey,
    },
  }
}

function toDevice(
  request: EnrolmentRequest,
  kept: { readonly id: DeviceId; readonly name: string; readonly enrolledAt: string },
) {
  const { machineIdHash, platform, arch, osName, agentVersion } = request
  return { ...kept, machineIdHash, platform, arch, osName, agentVersion }
}

/** Which key a device has now, and which ones it had before (SPEC H7). */
function enrolledDraft(
  enrolled: {
    readonly deviceId: DeviceId
    readonly publicKeySha256: string
    readonly at: string
    readonly tokenId: string
  },
  earlier: readonly DeviceCertificate[] | null,
): AuditDraft {
  const { deviceId, publicKeySha256, at, tokenId } = enrolled
  const replaces = earlier?.filter(({ revokedAt }) => revokedAt === null).map((before) => before.publicKeySha256)
  return {
    at,
    actor: { kind: 'device', id: deviceId, name: deviceId },
    action: earlier === null ? 'device.enrolled' : 'device.reinstalled',
    subject: deviceId,
    detail: { tokenId, publicKeySha256, ...(replaces === undefined ? {} : { replaces }) },
  }
}

/** One answer for all reasons, so that nobody learns which tokens exist (H5). */
function unusable(): AskFirstError {
  return new AskFirstError('ENROLMENT_CODE_INVALID', 'The enrolment token is unknown, used up, revoked or expired.')
}
