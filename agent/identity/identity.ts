import type { KeyObject } from 'node:crypto'
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { line, Sha256 } from '@askfirst/protocol/fields.ts'
import { DeviceId } from '@askfirst/protocol/ids.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import { replaceFile, syncDirectory, writeWhole } from '../consent/durable-file.ts'

/** What `identity.json` holds: everything of an enrolment but the key, replaced as a whole. */
export const IdentityFile = Type.Object(
  {
    version: Type.Literal(1),
    deviceId: DeviceId,
    /** Host name or address of the agents' listener, and its port. */
    host: line(255),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    /** SHA-256 of the pinned authority's certificate. */
    authoritySha256: Sha256,
    authorityPem: Type.String({ maxLength: 32_768 }),
    certificatePem: Type.String({ maxLength: 8_192 }),
    /** Name of the key's file beside this one. */
    keyFile: Type.String({ pattern: '^device-[0-9a-f]{16}\\.key$' }),
    /** C2SP verifier key of the server's log; absent: the server named none. */
    logVerifierKey: Type.Optional(Type.String({ maxLength: 512 })),
  },
  { additionalProperties: false },
)
export type IdentityFile = Static<typeof IdentityFile>

/** Who this device is: the enrolment with its private key, which stays in this process. */
export interface Identity extends Readonly<IdentityFile> {
  readonly key: KeyObject
  readonly keyPem: string
}

const FILE = 'identity.json'
const validator = schemaCheck(IdentityFile)

/** Whether this computer is enrolled. */
export function isEnrolled(dataDir: string): boolean {
  return existsSync(join(dataDir, FILE))
}

/**
 * Reads the identity.
 *
 * @throws AskFirstError `NOT_ENROLLED` when there is none or it cannot be used
 */
export function loadIdentity(dataDir: string): Identity {
  if (!isEnrolled(dataDir)) throw new AskFirstError('NOT_ENROLLED', `There is no identity in ${dataDir}.`)
  try {
    const value: unknown = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8'))
    if (!validator.Check(value)) throw new TypeError('identity.json does not match its schema')
    const keyPem = readFileSync(join(dataDir, value.keyFile), 'utf8')
    const identity = { ...value, keyPem, key: createPrivateKey(keyPem) }
    checkCertificate(identity, value.certificatePem, value.authorityPem)
    return identity
  } catch (cause) {
    throw new AskFirstError('NOT_ENROLLED', `The identity in ${dataDir} cannot be used; enrol with --replace.`, {
      cause,
    })
  }
}

/** A new P-256 key in a file of its own, readable by its owner alone. The file must not exist before. */
export function makeDeviceKey(dataDir: string): {
  readonly keyFile: string
  readonly keyPem: string
  readonly key: KeyObject
} {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const keyFile = `device-${randomBytes(8).toString('hex')}.key`
  const file = openSync(join(dataDir, keyFile), 'wx', 0o600)
  try {
    writeWhole(file, Buffer.from(keyPem))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  syncDirectory(dataDir)
  return { keyFile, keyPem, key: privateKey }
}

/** Writes an enrolment in one step and removes keys that no enrolment names any more. */
export function saveIdentity(dataDir: string, identity: IdentityFile): void {
  replaceFile(join(dataDir, FILE), `${JSON.stringify(identity, null, 2)}\n`)
  removeOtherKeys(dataDir, identity.keyFile)
}

/** Deletes a key whose enrolment did not come about. */
export function dropDeviceKey(dataDir: string, keyFile: string): void {
  rmSync(join(dataDir, keyFile), { force: true })
}

/** The stored part of an identity, with another certificate. */
export function withCertificate(identity: Identity, certificatePem: string): IdentityFile {
  const { key: _key, keyPem: _keyPem, ...file } = identity
  return { ...file, certificatePem }
}

/**
 * Checks a certificate that a server issued: this device's own key and id, and the pinned authority's signature.
 *
 * @returns the certificate alone, as PEM: what else came with it is not kept
 * @throws AskFirstError `CERTIFICATE_REFUSED`
 */
export function checkCertificate(
  identity: { readonly deviceId: string; readonly authoritySha256: string; readonly key: KeyObject },
  certificatePem: string,
  authorityPem: string,
): string {
  const certificate = parseCertificate(certificatePem)
  const authority = parseCertificate(authorityPem)
  if (createHash('sha256').update(authority.raw).digest('hex') !== identity.authoritySha256) {
    throw refused('comes with an authority that is not the pinned one')
  }
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    throw refused('was not signed by the pinned authority')
  }
  if (!certificate.checkPrivateKey(identity.key)) throw refused("does not carry this device's key")
  if (certificate.subjectAltName !== `URI:urn:askfirst:device:${identity.deviceId}`)
    throw refused('names another device')
  if (certificate.ca) throw refused('is an authority itself')
  return certificate.toString()
}

/**
 * Checks that a certificate is not over: it would only keep this device away.
 *
 * @param nowMs Unix ms, this machine's clock
 * @throws AskFirstError `CERTIFICATE_REFUSED`
 */
export function checkDates(certificatePem: string, nowMs: number): void {
  if (parseCertificate(certificatePem).validToDate.getTime() <= nowMs) throw refused('has expired already')
}

function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new AskFirstError('CERTIFICATE_REFUSED', 'What the server sent as a certificate is not one.', { cause })
  }
}

function refused(what: string): AskFirstError {
  return new AskFirstError('CERTIFICATE_REFUSED', `The certificate from the server ${what}; it was not stored.`)
}

function removeOtherKeys(dataDir: string, keep: string): void {
  for (const name of readdirSync(dataDir)) {
    if (/^device-[0-9a-f]{16}\.key$/.test(name) && name !== keep) dropDeviceKey(dataDir, name)
  }
}

/** The device's public key, for checking what it signed; a renewal keeps the key. */
export function publicKeyPemOf({ key }: Pick<Identity, 'key'>): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
}
