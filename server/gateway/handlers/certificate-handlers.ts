import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Logger } from 'pino'
import type { CertificateAuthority } from '../../ca/authority.ts'
import type { Clock } from '../../clock.ts'
import { isoNow } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import type { AgentSession } from '../session.ts'
import type { Handlers } from './handlers.ts'

/** A renewal costs a signature and a row for good; an agent renews once in weeks. */
const MIN_RENEWAL_GAP_MS = 60_000

export interface CertificateDeps {
  readonly store: Store
  readonly authority: CertificateAuthority
  readonly clock: Clock
  readonly log: Logger
  readonly certificateLifetimeMs: number
}

/** Renewal of a device's certificate over its own session (SPEC H8). */
export function certificateHandlers(deps: CertificateDeps): Pick<Handlers, 'certificate.renew'> {
  return {
    'certificate.renew': async (session, { csr }) => {
      try {
        await renew(deps, session, csr)
      } catch (error) {
        if (!(error instanceof AskFirstError)) throw error
        deps.log.warn({ deviceId: session.deviceId, code: error.code }, 'certificate renewal refused')
        session.send({ type: 'certificate.refused', code: error.code, detail: error.message.slice(0, 500) })
      }
    },
  }
}

async function renew(deps: CertificateDeps, session: AgentSession, csrPem: string): Promise<void> {
  const now = deps.clock.now()
  const { deviceId } = session
  const existing = await deps.store.devices.certificates(deviceId)
  const newest = existing.reduce((latest, { notBefore }) => Math.max(latest, Date.parse(notBefore)), 0)
  // `notBefore` lies some minutes in the past, so a renewal right after another one is what this refuses.
  if (existing.length >= 2 && now - newest < MIN_RENEWAL_GAP_MS + 600_000) {
    throw new AskFirstError('RATE_LIMITED', 'This device renewed its certificate a moment ago.')
  }
  const issued = deps.authority.issueDevice({ deviceId, csrPem, now, lifetimeMs: deps.certificateLifetimeMs })
  await deps.store.devices.addCertificate(
    { ...issued, deviceId, revokedAt: null, revocationReason: null },
    {
      at: isoNow(deps.clock),
      actor: { kind: 'device', id: deviceId, name: deviceId },
      action: 'certificate.renewed',
      subject: deviceId,
      detail: { serial: issued.serial, publicKeySha256: issued.publicKeySha256, notAfter: issued.notAfter },
    },
  )
  session.send({ type: 'certificate.issued', certificate: issued.pem, chain: deps.authority.certificatePem })
}
