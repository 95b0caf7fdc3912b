import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { CertificateAuthority, ServerCertificate } from './authority.ts'
import { describeCertificate } from './certificates.ts'
import { readIfThere, writeSecret } from './secret-file.ts'

const LIFETIME_MS = 90 * 86_400_000

/**
 * Gives the certificate of the agents' listener from `directory` (`server.pem`: key and certificate in one file), and
 * makes a new one when there is none, its names changed, the authority is another, or a third of its life is left.
 * Call it at the start and once a day; agents do not notice, because they pin the authority.
 */
export async function openServerCertificate(options: {
  readonly authority: CertificateAuthority
  readonly directory: string
  /** Host names and IP addresses under which agents reach the listener. */
  readonly hosts: readonly string[]
  /** Unix ms */
  readonly now: number
}): Promise<ServerCertificate> {
  const path = join(options.directory, 'server.pem')
  const kept = parseKept(await readIfThere(path))
  if (kept !== null && isUsable(kept, options)) return kept
  const made = options.authority.issueServer({ hosts: options.hosts, now: options.now, lifetimeMs: LIFETIME_MS })
  await writeSecret(path, made.keyPem + made.pem)
  return made
}

function parseKept(text: string | null): ServerCertificate | null {
  if (text === null) return null
  const at = text.indexOf('-----BEGIN CERTIFICATE-----')
  return at < 0 ? null : { ...describeCertificate(text.slice(at)), keyPem: text.slice(0, at) }
}

function isUsable(
  kept: ServerCertificate,
  options: { readonly authority: CertificateAuthority; readonly hosts: readonly string[]; readonly now: number },
): boolean {
  const certificate = new X509Certificate(kept.pem)
  const leftMs = Date.parse(kept.notAfter) - options.now
  const names = options.hosts.every((host) => isNamed(certificate, host))
  return names && options.authority.issued(kept.pem) && leftMs > LIFETIME_MS / 3
}

function isNamed(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined
}
