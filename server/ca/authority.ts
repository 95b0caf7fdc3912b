import type { KeyObject } from 'node:crypto'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { IssuedCertificate, Issuer, RevokedCertificate, Validity } from './certificates.ts'
import { makeAuthorityCertificate, makeLeaf, makeRevocationList, sha256Hex } from './certificates.ts'
import { checkSigningRequest } from './csr.ts'
import type { Der } from './der.ts'
import { fromDer, membersOf } from './der.ts'
import { readIfThere, writeSecret } from './secret-file.ts'
import { distinguishedName, hostNames, keyIdentifier, OID, publicKeyDer, uriName } from './x509-parts.ts'

const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 20 * 365
/** Leaves start a little in the past, for peers whose clock is behind. */
const BACKDATE_MS = 10 * 60_000
/** A revocation list that has ended refuses everyone, so it lives far longer than the hourly refresh needs. */
export const CRL_LIFE_MS = 7 * DAY_MS

/** A leaf for the agents' listener, with its key. */
export interface ServerCertificate extends IssuedCertificate {
  readonly keyPem: string
}

/** What a device's certificate says in its subjectAltName. */
const DEVICE_URI = 'urn:askfirst:device:'

/** The server's own certificate authority: signs devices' certificates, the listener's certificate and the revocation list. */
export class CertificateAuthority {
  /** The authority's certificate, PEM. It is the whole chain above a leaf. */
  readonly certificatePem: string
  /** SHA-256 of the certificate's DER, 32 bytes: what an enrolment code carries and an agent pins. */
  readonly sha256: Buffer
  readonly #issuer: Issuer
  readonly #notAfter: number

  constructor(certificatePem: string, key: KeyObject) {
    const certificate = new X509Certificate(certificatePem)
    if (!certificate.checkPrivateKey(key)) {
      throw new AskFirstError(
        'INTERNAL',
        "The authority's key does not belong to its certificate; restore both from one backup.",
      )
    }
    this.certificatePem = certificatePem
    this.sha256 = Buffer.from(sha256Hex(certificate.raw), 'hex')
    this.#issuer = { name: subjectOf(certificate), key, keyId: keyIdentifier(publicKeyDer(key)) }
    this.#notAfter = certificate.validToDate.getTime()
  }

  /**
   * Checks a signing request and issues the device's certificate: clientAuth, URI `urn:askfirst:device:<id>`, subject set here.
   *
   * @throws AskFirstError `CSR_INVALID`
   */
  issueDevice(options: {
    readonly deviceId: DeviceId
    readonly csrPem: string
    /** Unix ms */
    readonly now: number
    readonly lifetimeMs: number
  }): IssuedCertificate {
    return makeLeaf({
      issuer: this.#issuer,
      subject: distinguishedName('AskFirst device', options.deviceId),
      publicKey: checkSigningRequest(options.csrPem),
      validity: this.#validity(options.now, options.lifetimeMs),
      purpose: OID.clientAuth,
      alternativeName: uriName(`${DEVICE_URI}${options.deviceId}`),
    })
  }

  /**
   * Makes a key and certificate for the agents' listener.
   *
   * @param options.hosts host names and IP addresses under which agents reach it, at least one
   */
  issueServer(options: {
    readonly hosts: readonly string[]
    readonly now: number
    readonly lifetimeMs: number
  }): ServerCertificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const leaf = makeLeaf({
      issuer: this.#issuer,
      subject: distinguishedName('AskFirst server', options.hosts[0] ?? 'localhost'),
      publicKey,
      validity: this.#validity(options.now, options.lifetimeMs),
      purpose: OID.serverAuth,
      alternativeName: hostNames(options.hosts),
    })
    return { ...leaf, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }

  /** Makes the revocation list, PEM labelled `X509 CRL`, valid for a week from `now` (Unix ms). */
  crl(revoked: readonly RevokedCertificate[], now: number): string {
    return makeRevocationList(this.#issuer, revoked, { notBefore: now, notAfter: now + CRL_LIFE_MS })
  }

  /** Whether a certificate (PEM or DER) was signed by this authority; says nothing about its dates. */
  issued(certificate: string | Uint8Array): boolean {
    const leaf = new X509Certificate(certificate)
    const own = new X509Certificate(this.certificatePem)
    return leaf.checkIssued(own) && leaf.verify(own.publicKey)
  }

  #validity(now: number, lifetimeMs: number): Validity {
    return { notBefore: now - BACKDATE_MS, notAfter: Math.min(now + lifetimeMs, this.#notAfter) }
  }
}

/** The device id in a certificate's subjectAltName; null when it has another form. */
export function deviceIdOf(certificate: X509Certificate): DeviceId | null {
  const match = /^URI:urn:askfirst:device:(dev_[0-9a-hjkmnp-tv-z]{26})$/.exec(certificate.subjectAltName ?? '')
  return match === null ? null : (match[1] as DeviceId) // The pattern is the id's own.
}

/** Makes an authority in memory, with a fresh P-256 key, valid for 20 years from `now` (Unix ms). */
export function createAuthority(
  name: string,
  now: number,
): { readonly certificatePem: string; readonly key: KeyObject } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = {
    name: distinguishedName(name, 'AskFirst agents authority'),
    key: privateKey,
    keyId: keyIdentifier(publicKeyDer(privateKey)),
  }
  const certificatePem = makeAuthorityCertificate(issuer, {
    notBefore: now - DAY_MS,
    notAfter: now + AUTHORITY_DAYS * DAY_MS,
  })
  return { certificatePem, key: privateKey }
}

/**
 * Opens the authority that is kept in `directory` (`authority.pem`, `authority.key`, both 0600), or makes it at the first start.
 * The key is written before the certificate, so a crash between the two leaves a key that the next start replaces.
 *
 * @throws AskFirstError `INTERNAL` when the certificate is there and its key is not
 */
export async function openAuthority(options: {
  readonly directory: string
  /** Organisation's name, for people who look at the certificate. */
  readonly name: string
  readonly now: number
}): Promise<CertificateAuthority> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const certificatePath = join(options.directory, 'authority.pem')
  const keyPath = join(options.directory, 'authority.key')
  const certificatePem = await readIfThere(certificatePath)
  if (certificatePem !== null) return new CertificateAuthority(certificatePem, await readKey(keyPath))
  const made = createAuthority(options.name, options.now)
  await writeSecret(keyPath, made.key.export({ type: 'pkcs8', format: 'pem' }).toString())
  await writeSecret(certificatePath, made.certificatePem)
  return new CertificateAuthority(made.certificatePem, made.key)
}

async function readKey(path: string): Promise<KeyObject> {
  const pem = await readIfThere(path)
  if (pem === null) {
    throw new AskFirstError(
      'INTERNAL',
      `The authority's key ${path} is missing; restore it from the backup of its certificate.`,
    )
  }
  return createPrivateKey(pem)
}

function subjectOf(certificate: X509Certificate): Der {
  // Certificate -> TBSCertificate -> [version, serial, algorithm, issuer, validity, subject, ...]
  const subject = membersOf(membersOf(fromDer(certificate.raw))?.[0])?.[5]
  if (subject === undefined) throw new TypeError('An X.509 certificate of version 3 has a subject as its sixth member')
  return subject
}
