import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bindData } from '@askfirst/agent/identity/bound-data.ts'
import { makeSigningRequest } from '@askfirst/agent/identity/csr.ts'
import type { IdentityFile } from '@askfirst/agent/identity/identity.ts'
import { checkCertificate, loadIdentity, makeDeviceKey, saveIdentity } from '@askfirst/agent/identity/identity.ts'
import { Renewal } from '@askfirst/agent/identity/renewal.ts'
import { createSignJws } from '@askfirst/agent/identity/sign-jws.ts'
import { noteVerifier } from '@askfirst/agent/identity/verify-note.ts'
import { parseSignedNote } from '@askfirst/protocol/checkpoint.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { CertificateAuthority, createAuthority } from '@askfirst/server/ca/authority.ts'
import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { afterAll, describe, expect, it } from 'vitest'

const NOW = Date.now()
const DAY = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'askfirst-identity-'))
afterAll(() => rmSync(folder, { recursive: true }))

const newAuthority = () => {
  const made = createAuthority('Example Ltd', NOW)
  return new CertificateAuthority(made.certificatePem, made.key)
}
const authority = newAuthority()
const deviceId = makeId('dev', NOW, new Uint8Array(10))

function issueFor(dataDir: string, by = authority, id = deviceId) {
  const made = makeDeviceKey(dataDir)
  const csrPem = makeSigningRequest(made.key, 'x')
  const { pem } = by.issueDevice({ deviceId: id, csrPem, now: NOW, lifetimeMs: 90 * DAY })
  const file: IdentityFile = {
    version: 1,
    deviceId,
    host: '127.0.0.1',
    port: 1,
    authoritySha256: authority.sha256.toString('hex'),
    authorityPem: authority.certificatePem,
    certificatePem: pem,
    keyFile: made.keyFile,
  }
  return { file, made }
}

function stored() {
  const dataDir = mkdtempSync(join(folder, 'data-'))
  const { file } = issueFor(dataDir)
  saveIdentity(dataDir, file)
  return { dataDir, identity: loadIdentity(dataDir) }
}

describe('device identity', () => {
  it('[H1] keeps the key in a file that its owner alone can read', () => {
    const { dataDir, identity } = stored()
    expect(statSync(join(dataDir, identity.keyFile)).mode & 0o777).toBe(0o600)
    expect(statSync(join(dataDir, 'identity.json')).mode & 0o777).toBe(0o600)
  })

  it('[H8] refuses a certificate with another key, another name, or from another authority', () => {
    const { identity } = stored()
    const refused = expect.objectContaining({ code: 'CERTIFICATE_REFUSED' })
    const other = newAuthority()
    const otherKey = issueFor(mkdtempSync(join(folder, 'data-'))).file.certificatePem
    expect(() => checkCertificate(identity, otherKey, authority.certificatePem)).toThrowError(refused)
    const csrPem = makeSigningRequest(identity.key, 'x')
    const foreign = other.issueDevice({ deviceId, csrPem, now: NOW, lifetimeMs: DAY }).pem
    expect(() => checkCertificate(identity, foreign, authority.certificatePem)).toThrowError(refused)
    expect(() => checkCertificate(identity, foreign, other.certificatePem)).toThrowError(refused)
    const otherId = makeId('dev', NOW + 1, new Uint8Array(10))
    const named = authority.issueDevice({ deviceId: otherId, csrPem, now: NOW, lifetimeMs: DAY }).pem
    expect(() => checkCertificate(identity, named, authority.certificatePem)).toThrowError(refused)
    expect(() => checkCertificate(identity, authority.certificatePem, authority.certificatePem)).toThrowError(refused)
    expect(() => checkCertificate(identity, 'not a certificate', authority.certificatePem)).toThrowError(refused)
  })

  it('[H8] renews between 60 and 73 percent of the life, asks once, and takes only what it asked for', () => {
    const { dataDir, identity } = stored()
    let now = NOW
    const renewed: string[] = []
    const renewal = new Renewal({
      dataDir,
      identity,
      now: () => now,
      random: () => 0.5,
      onRenewed: (next) => renewed.push(next.certificatePem),
    })
    const share = (renewal.dueAt - NOW) / (90 * DAY)
    expect(share).toBeGreaterThan(0.6)
    expect(share).toBeLessThan(0.73)
    expect(renewal.takeRequest()).toBeNull()
    const issue = (csrPem: string) => authority.issueDevice({ deviceId, csrPem, now, lifetimeMs: 90 * DAY }).pem
    const unasked = issue(makeSigningRequest(identity.key, 'x'))
    const accept = (certificate: string) =>
      renewal.accept({ type: 'certificate.issued', certificate, chain: authority.certificatePem })
    expect(() => accept(unasked)).toThrowError(expect.objectContaining({ code: 'CERTIFICATE_REFUSED' }))
    now = renewal.dueAt + 1
    const request = renewal.takeRequest()
    expect(renewal.takeRequest()).toBeNull()
    if (request?.type !== 'certificate.renew') throw new Error('no request')
    const fresh = issue(request.csr)
    accept(fresh)
    expect(renewed).toEqual([fresh])
    expect(loadIdentity(dataDir).certificatePem).toBe(fresh)
    expect(() => accept(fresh)).toThrowError(expect.objectContaining({ code: 'CERTIFICATE_REFUSED' }))
  })

  it('[C10] signs compact JWS with ES256 that names the certificate', () => {
    const { identity } = stored()
    const [header = '', payload = '', signature = ''] = createSignJws(identity)(
      'askfirst-consent+jws',
      '{"a":1}',
    ).split('.')
    const certificate = new X509Certificate(identity.certificatePem)
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'ES256',
      typ: 'askfirst-consent+jws',
      'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
    })
    expect(Buffer.from(payload, 'base64url').toString()).toBe('{"a":1}')
    const key = { key: createPublicKey(identity.key), dsaEncoding: 'ieee-p1363' } as const
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
  })

  it('[H10] deletes what was granted and collected for another server, and nothing for the same', () => {
    const { dataDir, identity } = stored()
    expect(bindData(dataDir, identity)).toBe(false)
    expect(bindData(dataDir, identity)).toBe(false)
    expect(bindData(dataDir, { ...identity, authoritySha256: 'ab'.repeat(32) })).toBe(true)
  })

  it('[G7] verifies checkpoints with the key that came with the enrolment', async () => {
    const signer = await openLogSigner({ directory: folder, name: 'desk' })
    const other = await openLogSigner({ directory: mkdtempSync(join(folder, 'log-')), name: 'desk' })
    const checkpoint = { origin: 'desk/ticket/x', size: 1, headHash: '0'.repeat(64) }
    const check = noteVerifier(signer.verifierKey)
    const [good, bad] = [signer, other].map((by) => parseSignedNote(by.sign(checkpoint)))
    if (check === null || good === null || good === undefined || bad === null || bad === undefined)
      throw new Error('not a note')
    expect(check(good)).toBe(true)
    expect(check(bad)).toBe(false)
    expect(noteVerifier('desk+00000000+AAAA')).toBeNull()
  })
})
