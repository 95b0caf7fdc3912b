import type { SecureContextOptions, TlsOptions } from 'node:tls'
import type { CertificateAuthority } from '../ca/authority.ts'
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

/** Far longer than the hourly refresh needs: a list that has ended refuses everyone. */
const LIST_LIFE_MS = 7 * 86_400_000

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
 * Makes the secure context of the agents' port: TLS 1.3, own authority, and what is revoked at this moment; TLS itself
 * gets no revocation list (see decisions/0021). X25519 comes first: the hybrid key exchange costs a tenth more CPU a connect; a client that offers only another group still gets it.
 */
export async function makeAgentsContext(deps: SecureContextDeps): Promise<AgentsContext> {
  const now = deps.clock.now()
  const { authority, directory, hosts } = deps
  const revoked = await deps.store.devices.revoked(new Date(now).toISOString())
  const certificate = await openServerCertificate({ authority, directory, hosts, now })
  return {
    certificateEndsAt: certificate.notAfter,
    revokedUntil: now + LIST_LIFE_MS,
    revoked: new Set(revoked.map(({ sha256 }) => sha256)),
    options: {
      key: certificate.keyPem,
      cert: certificate.pem,
      ca: authority.certificatePem,
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ecdhCurve: 'X25519:P-256:X25519MLKEM768',
      sessionIdContext: 'askfirst-agents',
      ticketKeys: deps.ticketKeys,
      sessionTimeout: 86_400,
    },
  }
}
