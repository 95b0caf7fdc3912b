import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CertificateAuthority } from '../ca/authority.ts'
import type { Clock } from '../clock.ts'
import type { ListenerStanding } from '../gateway/gateway.ts'
import { SCHEMA_STEPS } from '../store/migrations/index.ts'
import type { Store } from '../store/store.ts'
import type { ReadinessCheck } from './health-service.ts'

/** The list is made again every hour; three turns that failed are no accident. */
const OLDEST_REVOCATION_LIST_MS = 3 * 3_600_000

/** What must work besides the store: its schema is this version's, the authority can sign, the revocation list is fresh. */
export function readinessChecks(input: {
  readonly store: Pick<Store, 'settings'>
  readonly clock: Clock
  readonly authority: CertificateAuthority
  /** Directory of the authority's key. */
  readonly directory: string
  readonly listener: () => ListenerStanding | null
}): readonly ReadinessCheck[] {
  const { store, clock, authority, directory, listener } = input
  return [
    { name: 'migrations', check: () => checkSchema(store) },
    { name: 'authority-key', check: () => checkAuthorityKey(directory, authority) },
    { name: 'revocation-list', check: async () => checkRevocationList(listener(), clock.now()) },
  ]
}

async function checkSchema({ settings }: Pick<Store, 'settings'>): Promise<void> {
  const steps = await settings.schemaSteps()
  const own = SCHEMA_STEPS.map(({ name }) => name)
  if (steps.join() !== own.join()) throw new Error(`The store has the schema of another version: ${steps.join(', ')}`)
}

/** The key on the disk is what a restart will need; that this process holds it says nothing about that. */
async function checkAuthorityKey(directory: string, authority: CertificateAuthority): Promise<void> {
  const key = createPrivateKey(await readFile(join(directory, 'authority.key'), 'utf8'))
  const own = new X509Certificate(authority.certificatePem).publicKey
  if (!createPublicKey(key).equals(own)) throw new Error('The key on the disk is not the one of the authority')
}

function checkRevocationList(standing: ListenerStanding | null, now: number): void {
  if (standing === null) throw new Error('The agents’ port does not listen')
  if (now - standing.revocationListMadeAt > OLDEST_REVOCATION_LIST_MS) throw new Error('The revocation list is old')
}
