import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSigningRequest } from '@askfirst/agent/identity/csr.ts'
import { checkSigningRequest } from '@askfirst/server/ca/csr.ts'
import { fromPem, toPem } from '@askfirst/server/ca/der.ts'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'askfirst-csr-'))
afterAll(() => rmSync(folder, { recursive: true }))

const LABEL = 'CERTIFICATE REQUEST'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const good = makeSigningRequest(privateKey, 'device')
const der = fromPem(LABEL, good) ?? Buffer.alloc(0)
const spki = (key: typeof publicKey) => key.export({ type: 'spki', format: 'pem' })

/** A request made by OpenSSL for a key of the given kind. */
function opensslRequest(keyArgs: readonly string[], more: readonly string[] = []): string {
  const [key, request] = [join(folder, 'key.pem'), join(folder, 'request.pem')]
  execFileSync('openssl', ['genpkey', ...keyArgs, '-out', key], { stdio: 'ignore' })
  execFileSync('openssl', ['req', '-new', '-key', key, '-subj', '/CN=x', '-out', request, ...more], { stdio: 'ignore' })
  return readFileSync(request, 'utf8')
}

function refuses(pem: string): void {
  expect(() => checkSigningRequest(pem)).toThrowError(expect.objectContaining({ code: 'CSR_INVALID' }))
}

describe('signing request', () => {
  it('[H4] of the agent is one that OpenSSL verifies', () => {
    writeFileSync(join(folder, 'own.pem'), good)
    execFileSync('openssl', ['req', '-verify', '-noout', '-in', join(folder, 'own.pem')], { stdio: 'ignore' })
    expect(spki(checkSigningRequest(good))).toBe(spki(publicKey))
  })

  it('[H4] of OpenSSL with a P-256 key passes, whatever names and extensions it asks for', () => {
    const p256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:named_curve']
    const pem = opensslRequest(p256, [
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'subjectAltName=DNS:evil.example',
    ])
    expect(checkSigningRequest(pem).asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
  })

  it.each([
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['secp256k1', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1']],
    ['Ed25519', ['-algorithm', 'ED25519']],
  ])('[H4] for a key of the kind %s is refused', (_name, keyArgs) => {
    refuses(opensslRequest(keyArgs))
  })

  it('[H4] signed with SHA-512 is refused', () => {
    refuses(opensslRequest(['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['-sha512']))
  })

  it('[H4] whose key another one signed for is refused', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const forged = Buffer.from(der)
    const point = other.publicKey.export({ type: 'spki', format: 'der' }).subarray(-64)
    const at = der.indexOf(publicKey.export({ type: 'spki', format: 'der' }).subarray(-64))
    point.copy(forged, at)
    refuses(toPem(LABEL, forged))
  })

  it('[H4] with a point that is not on the curve is refused', () => {
    const forged = Buffer.from(der)
    const at = der.indexOf(publicKey.export({ type: 'spki', format: 'der' }).subarray(-64))
    forged.fill(0x11, at, at + 64)
    refuses(toPem(LABEL, forged))
  })

  it('[H4] with any single changed byte is refused', () => {
    for (let at = 0; at < der.length; at += 1) {
      const changed = Buffer.from(der)
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at)
      refuses(toPem(LABEL, changed))
    }
  })

  it('[H4] with bytes after its end, or cut short, is refused', () => {
    refuses(toPem(LABEL, Buffer.concat([der, Buffer.of(0)])))
    for (let length = 0; length < der.length; length += 7) refuses(toPem(LABEL, der.subarray(0, length)))
  })

  it('[H4] that is huge, nested deeply, or not PEM is refused at once', () => {
    refuses(`-----BEGIN ${LABEL}-----\n${'A'.repeat(1_000_000)}\n-----END ${LABEL}-----\n`)
    let nested = Buffer.alloc(0)
    while (nested.length < 4_000)
      nested = Buffer.concat([Buffer.of(0x30, 0x82, nested.length >> 8, nested.length & 0xff), nested])
    refuses(toPem(LABEL, nested))
    refuses('')
    refuses(good + good)
    refuses(good.replaceAll(LABEL, 'CERTIFICATE'))
  })

  it('[H4] of random bytes never does anything but being refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => refuses(toPem(LABEL, bytes))),
      { numRuns: 300 },
    )
  })
})
