import type { SecureContextOptions, TlsOptions } from 'node:tls'
import type { CertificateAuthority } from '../ca/authority.ts'
import { CRL_LIFE_MS } from '../ca/authority.ts'
import { openServerCertificate } from '../ca/server-certificate.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

export interface SecureContextDeps {
  readonly store: Store
  readonly authority: CertificateAuthority
  readonly clock: Clock
  /** Directory of keys and certificates, 0700. */
  readonly directory: string
  /** Host names and addresses under which agents reach this server. */
  readonly hosts: readonly string[]
  readonly ticketKeys: Buffer
}

/** What the listener needs of TLS, and the certificates (SHA-256) that are revoked in it. */
export interface AgentsContext {
  readonly options: SecureContextOptions & TlsOptions
  readonly revoked: ReadonlySet<string>
  /** Until when that list may let anybody in, Unix ms. */
  readonly revokedUntil: number
  /** When the listener's certificate ends, ISO 8601. */
  readonly certificateEndsAt: string
}

/**
 * Makes the secure context of the agents' port: TLS 1.3, own authority, revocation list of this moment. X25519 comes
 * first: the hybrid key exchange costs a tenth more CPU a connect; a client that offers only another group still gets it.
 */
export async function makeAgentsContext(deps: SecureContextDeps): Promise<AgentsContext> {
  const now = deps.clock.now()
  const { authority, directory, hosts } = deps
  const revoked = await deps.store.devices.revoked(new Date(now).toISOString())
  const certificate = await openServerCertificate({ authority, directory, hosts, now })
  const crl = authority.crl(
    revoked.map(({ serial, revokedAt, revocationReason }) => ({
      serial,
      revokedAt: revokedAt ?? new Date(now).toISOString(),
      reason: revocationReason,
    })),
    now,
  )
  return {
    certificateEndsAt: certificate.notAfter,
    revokedUntil: now + CRL_LIFE_MS,
    revoked: new Set(revoked.map(({ sha256 }) => sha256)),
    options: {
      key: certificate.keyPem,
      cert: certificate.pem,
      ca: authority.certificatePem,
      crl,
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ecdhCurve: 'X25519:P-256:X25519MLKEM768',
      sessionIdContext: 'askfirst-agents',
      ticketKeys: deps.ticketKeys,
      sessionTimeout: 86_400,
    },
  }
}
