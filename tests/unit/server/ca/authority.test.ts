import 'reflect-metadata'
import { execFileSync } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSigningRequest } from '@askfirst/agent/identity/csr.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { CertificateAuthority, createAuthority, deviceIdOf, openAuthority } from '@askfirst/server/ca/authority.ts'
import { openServerCertificate } from '@askfirst/server/ca/server-certificate.ts'
import { X509Certificate as PeculiarCertificate, X509Crl } from '@peculiar/x509'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'

const NOW = Date.parse('2026-11-22T10:00:00.000Z')
const DAY = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'askfirst-ca-'))
const made = createAuthority('Example Ltd', NOW)
const authority = new CertificateAuthority(made.certificatePem, made.key)
const deviceKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const deviceId = makeId('dev', NOW, new Uint8Array(10).fill(5))
const csrPem = makeSigningRequest(deviceKey, 'a name that the server ignores')
const issue = (now = NOW, lifetimeMs = 90 * DAY) => authority.issueDevice({ deviceId, csrPem, now, lifetimeMs })

afterAll(() => rmSync(folder, { recursive: true }))

function openssl(args: readonly string[]): string {
  return execFileSync('openssl', [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const unixSeconds = (ms: number) => String(Math.floor(ms / 1_000))

describe('certificate authority', () => {
  it('[H4] issues device certificates that OpenSSL verifies strictly, with the revocation list', () => {
    const args = [
      ...['verify', '-x509_strict', '-crl_check', '-purpose', 'sslclient', '-attime', unixSeconds(NOW + 1_000)],
      ...['-CAfile', file('ca.pem', authority.certificatePem), '-CRLfile', file('crl.pem', authority.crl([], NOW))],
    ]
    expect(openssl([...args, file('leaf.pem', issue().pem)])).toContain('OK')
  })

  it('[H4] sets subject, name, key usage and purpose itself', () => {
    const leaf = issue()
    const certificate = new X509Certificate(leaf.pem)
    expect(certificate.subject).toBe(`O=AskFirst device\nCN=${deviceId}`)
    expect(certificate.subjectAltName).toBe(`URI:urn:askfirst:device:${deviceId}`)
    expect(deviceIdOf(certificate)).toBe(deviceId)
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(certificate.ca).toBe(false)
    expect(certificate.checkPrivateKey(deviceKey)).toBe(true)
    const text = openssl(['x509', '-noout', '-text', '-in', file('leaf2.pem', leaf.pem)])
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/)
    expect(text).toMatch(/Extended Key Usage: \s+TLS Web Client Authentication\n/)
    expect(text).toContain('Authority Key Identifier')
  })

  it('[H4] issues certificates that Node and @peculiar/x509 verify as its own', async () => {
    const leaf = new X509Certificate(issue().pem)
    const own = new X509Certificate(authority.certificatePem)
    expect(leaf.checkIssued(own) && leaf.verify(own.publicKey)).toBe(true)
    const peculiar = new PeculiarCertificate(leaf.raw)
    const issuer = new PeculiarCertificate(own.raw)
    expect(await peculiar.verify({ publicKey: issuer.publicKey, date: new Date(NOW + 1_000) })).toBe(true)
    expect(peculiar.issuer).toBe(issuer.subject)
  })

  it('describes a certificate as the store keeps it', () => {
    const leaf = issue()
    const der = new X509Certificate(leaf.pem).raw
    expect(leaf.sha256).toBe(createHash('sha256').update(der).digest('hex'))
    const spki = createPublicKey(deviceKey).export({ type: 'spki', format: 'der' })
    expect(leaf.publicKeySha256).toBe(createHash('sha256').update(spki).digest('hex'))
    expect(leaf.notAfter).toBe(new Date(NOW + 90 * DAY).toISOString())
    expect(leaf.serial).toMatch(/^[1-9a-f][0-9a-f]*$/)
    expect(BigInt(`0x${leaf.serial}`)).toBe(BigInt(`0x${new X509Certificate(leaf.pem).serialNumber}`))
  })

  it('gives every certificate a serial of 16 bytes that is positive and new', () => {
    const serials = Array.from({ length: 64 }, () => issue().serial)
    expect(new Set(serials).size).toBe(64)
    for (const serial of serials) expect(serial).toMatch(/^[0-7][0-9a-f]{31}$/)
  })

  it('writes years from 2050 on as GeneralizedTime and the ones before as UTCTime', () => {
    const late = createAuthority('Example Ltd', Date.parse('2045-06-01T00:00:00.000Z'))
    const lateAuthority = new CertificateAuthority(late.certificatePem, late.key)
    const at = (notBefore: string, days: number) =>
      lateAuthority.issueDevice({ deviceId, csrPem, now: Date.parse(notBefore), lifetimeMs: days * DAY })
    const across = openssl(['asn1parse', '-in', file('across.pem', at('2049-12-01T00:00:00Z', 90).pem)])
    expect(across).toMatch(/UTCTIME\s+:491130235000Z/)
    expect(across).toMatch(/GENERALIZEDTIME\s+:20500301000000Z/)
    expect(openssl(['asn1parse', '-in', file('early.pem', at('2049-06-01T00:00:00Z', 1).pem)])).not.toContain(
      'GENERALIZEDTIME',
    )
  })

  it('never issues beyond its own end', () => {
    const end = new X509Certificate(authority.certificatePem).validToDate.getTime()
    expect(Date.parse(issue(end - DAY, 90 * DAY).notAfter)).toBe(end)
  })

  it('puts any organisation into a name that every reader understands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const { certificatePem } = createAuthority(name, NOW)
        expect(new PeculiarCertificate(certificatePem).subject).toContain('AskFirst agents authority')
        expect(new X509Certificate(certificatePem).verify(new X509Certificate(certificatePem).publicKey)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('[H9] lists any serials in a revocation list that all three readers find them in', () => {
    const serial = fc.uint8Array({ minLength: 1, maxLength: 16 }).map((bytes) =>
      Buffer.from(bytes)
        .toString('hex')
        .replace(/^0+(?=.)/, ''),
    )
    fc.assert(
      fc.property(fc.uniqueArray(serial, { minLength: 1, maxLength: 8 }), (serials) => {
        const revoked = serials.map((value) => ({
          serial: value,
          revokedAt: new Date(NOW).toISOString(),
          reason: 'superseded',
        }))
        const pem = authority.crl(revoked, NOW)
        const list = new X509Crl(pem.replaceAll('X509 CRL', 'CRL'))
        const found = list.entries.map((entry) => entry.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''))
        expect(found).toEqual(serials)
        expect(list.entries.every(({ reason }) => reason === 4)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('[H9] refuses a revoked certificate in OpenSSL', () => {
    const leaf = issue()
    const crl = authority.crl(
      [{ serial: leaf.serial, revokedAt: new Date(NOW).toISOString(), reason: 'keyCompromise' }],
      NOW,
    )
    expect(crl).toMatch(/^-----BEGIN X509 CRL-----\n/)
    const args = ['-CAfile', file('ca3.pem', authority.certificatePem), '-CRLfile', file('crl3.pem', crl)]
    const verify = () =>
      openssl(['verify', '-crl_check', '-attime', unixSeconds(NOW + 1_000), ...args, file('leaf3.pem', leaf.pem)])
    expect(verify).toThrowError(/certificate revoked/)
    const text = openssl(['crl', '-noout', '-text', '-in', join(folder, 'crl3.pem')])
    expect(text).toContain('Version 2')
    expect(text).toContain('Key Compromise')
    expect(text).toContain(`X509v3 CRL Number: \n                ${NOW}`)
  })

  it('keeps its key readable by the owner alone and opens again as the same authority', async () => {
    const directory = join(folder, 'kept')
    const first = await openAuthority({ directory, name: 'Example Ltd', now: NOW })
    const second = await openAuthority({ directory, name: 'Another name', now: NOW })
    expect(second.certificatePem).toBe(first.certificatePem)
    expect(second.sha256).toEqual(first.sha256)
    expect(statSync(join(directory, 'authority.key')).mode & 0o777).toBe(0o600)
    expect(createPrivateKey(readFileSync(join(directory, 'authority.key'))).asymmetricKeyDetails?.namedCurve).toBe(
      'prime256v1',
    )
  })

  it('does not start with a certificate whose key is missing or another', async () => {
    const directory = join(folder, 'broken')
    await openAuthority({ directory, name: 'Example Ltd', now: NOW })
    rmSync(join(directory, 'authority.key'))
    await expect(openAuthority({ directory, name: 'Example Ltd', now: NOW })).rejects.toMatchObject({
      code: 'INTERNAL',
    })
    const pem = deviceKey.export({ type: 'pkcs8', format: 'pem' })
    writeFileSync(join(directory, 'authority.key'), pem)
    await expect(openAuthority({ directory, name: 'Example Ltd', now: NOW })).rejects.toMatchObject({
      code: 'INTERNAL',
    })
  })
})

describe('certificate of the agents’ listener', () => {
  const hosts = ['localhost', '127.0.0.1', '::1', 'desk.example.org']

  it('[H3] names every host and address, and OpenSSL accepts it for a server', async () => {
    const { pem, keyPem } = await openServerCertificate({ authority, directory: folder, hosts, now: NOW })
    const certificate = new X509Certificate(pem)
    expect(hosts.map((host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)))).toEqual(
      hosts,
    )
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true)
    const args = ['-CAfile', file('ca4.pem', authority.certificatePem), '-attime', unixSeconds(NOW + 1_000)]
    expect(
      openssl(['verify', '-x509_strict', '-purpose', 'sslserver', ...args, file('server.check.pem', pem)]),
    ).toContain('OK')
  })

  it('stays until a third of its life is left, a name is added, or the authority changes', async () => {
    const directory = mkdtempSync(join(folder, 'server-'))
    const open = (now: number, names = hosts, by = authority) =>
      openServerCertificate({ authority: by, directory, hosts: names, now })
    const first = await open(NOW)
    expect((await open(NOW + 59 * DAY)).serial).toBe(first.serial)
    const renewed = await open(NOW + 61 * DAY)
    expect(renewed.serial).not.toBe(first.serial)
    const named = await open(NOW + 61 * DAY, [...hosts, 'new.example.org'])
    expect(named.serial).not.toBe(renewed.serial)
    const other = createAuthority('Example Ltd', NOW)
    const reissued = await open(NOW + 61 * DAY, hosts, new CertificateAuthority(other.certificatePem, other.key))
    expect(reissued.serial).not.toBe(named.serial)
  })
})
