import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { createHash, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { Agent } from 'node:https'
import { connect as connectTcp } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { connect as connectTls } from 'node:tls'
import { makeSigningRequest } from '@askfirst/agent/identity/csr.ts'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { EnrolmentAnswer } from '@askfirst/protocol/enrolment.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import { PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import { CertificateAuthority, createAuthority, deviceIdOf } from '@askfirst/server/ca/authority.ts'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import type { ScriptedIdentity } from '../support/scripted-agent.ts'
import {
  ECHO_COLLECTOR,
  enrolmentBody,
  enrolScripted,
  helloMessage,
  postEnrol,
  ScriptedAgent,
  scriptedId,
} from '../support/scripted-agent.ts'

const DAY_MS = 86_400_000

let world: HostileWorld
/** Connections that say little and stay; looked at again at the end. */
let slow: { readonly name: string; readonly closed: Promise<unknown> }[]

beforeAll(async () => {
  world = await startHostileWorld({ agentSide: { enrolmentsPerMinute: 400 } })
  slow = Array.from({ length: 60 }, (_, at) => slowConnection(at))
})
afterAll(() => world.close())

/** An open connection that has not said hello. */
async function greeting(identity: ScriptedIdentity): Promise<ScriptedAgent> {
  const opened = await ScriptedAgent.open(identity)
  if (!('agent' in opened)) throw new Error(`refused with ${opened.status}`)
  world.desk.agents.push(opened.agent)
  return opened.agent
}

/** A device certificate from any authority, for any device, at any time. */
function identityFrom(
  authority: CertificateAuthority,
  deviceId: ScriptedIdentity['answer']['deviceId'],
  now = Date.now(),
): ScriptedIdentity {
  const { key, body, machineIdHash } = enrolmentBody('x')
  const issued = authority.issueDevice({ deviceId, csrPem: body.csr, now, lifetimeMs: DAY_MS })
  const answer: EnrolmentAnswer = {
    deviceId,
    standing: 'active',
    certificate: issued.pem,
    chain: world.desk.target.authorityPem,
    certificateExpiresAt: issued.notAfter,
  }
  return { ...world.desk.target, key, machineIdHash, answer }
}

describe('a certificate that the server did not give to this device', () => {
  it('[W2] opens nothing: from an authority of its own, self-made with the same names, or none at all', async () => {
    const honest = world.desk.stillServes()
    const victim = await world.desk.connect()
    const made = createAuthority('AskFirst', Date.now())
    const forged = identityFrom(new CertificateAuthority(made.certificatePem, made.key), victim.deviceId)
    for (const result of [
      await ScriptedAgent.open(forged),
      await ScriptedAgent.open(victim.identity, { withCertificate: false }),
    ]) {
      expect('agent' in result ? 'open' : result.status).toSatisfy((status) => status === 403 || status === 0)
    }
    victim.send({ type: 'link.ping', nonce: 5 })
    expect((await victim.next('link.pong')).nonce).toBe(5)
    await honest
  })

  it('[W2] opens nothing when the authority signed it and the server does not know it', async () => {
    const { openAuthority } = await import('@askfirst/server/ca/authority.ts')
    const authority = await openAuthority({ directory: `${world.directory}/keys`, name: 'x', now: Date.now() })
    const victim = await world.desk.connect()
    for (const identity of [
      identityFrom(authority, victim.deviceId),
      identityFrom(authority, scriptedId('dev')),
      identityFrom(authority, victim.deviceId, Date.now() - 30 * DAY_MS),
      identityFrom(authority, victim.deviceId, Date.now() + 30 * DAY_MS),
    ]) {
      const opened = await ScriptedAgent.open(identity)
      expect('agent' in opened ? 'open' : opened.status).toSatisfy((status) => status === 403 || status === 0)
    }
    await world.desk.stillServes()
  })

  it('[H9] opens nothing once the device was shut out: live, new, or with a resumed TLS session', async () => {
    const identity = await world.desk.enrol()
    const agent = new Agent({ maxCachedSessions: 4 })
    const opened = await ScriptedAgent.open(identity, { agent })
    if (!('agent' in opened)) throw new Error('refused')
    opened.agent.send(helloMessage())
    await opened.agent.next('link.welcome')
    await world.desk.api('POST', `/api/devices/${opened.agent.deviceId}/revoke`, { reason: 'stolen' })
    expect((await opened.agent.closed).code).toBe(CLOSE.certificateRevoked)
    for (let time = 0; time < 3; time += 1) {
      const resumed = await ScriptedAgent.open(identity, { agent })
      const fresh = await ScriptedAgent.open(identity)
      for (const result of [resumed, fresh])
        expect('agent' in result ? 'open' : result.status).toSatisfy((status) => status === 403 || status === 0)
    }
    agent.destroy()
    const token = await world.desk.token()
    const again = enrolmentBody(token, identity.machineIdHash)
    expect(await postEnrol(world.desk.target, JSON.stringify(again.body))).toMatchObject({
      status: 403,
      body: { code: 'ENROLMENT_CODE_INVALID' },
    })
    expect((await world.desk.device(opened.agent.deviceId)).standing).toBe('revoked')
    await world.desk.stillServes()
  })
})

describe('an upgrade that is none of an agent', () => {
  const heads: Record<string, { readonly headers?: Record<string, string>; readonly protocols?: string[] }> = {
    'an Origin': { headers: { origin: 'https://evil.example' } },
    'the Origin of the server itself': { headers: { origin: 'https://127.0.0.1:8421' } },
    'the Origin null': { headers: { origin: 'null' } },
    'no subprotocol': { protocols: [] },
    'another subprotocol': { protocols: ['askfirst.v2'] },
    'two subprotocols': { protocols: ['askfirst.v1', 'askfirst.v0'] },
  }
  it.each(Object.entries(heads))('[W1] with %s is refused', async (_name, options) => {
    const identity = await world.desk.enrol()
    expect(await ScriptedAgent.open(identity, options)).toEqual({ status: 400 })
  })

  it('[W1] and heads that are no HTTP leave others alone', async () => {
    const honest = world.desk.stillServes()
    const heads = [
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
      `GET /link HTTP/1.1\r\nhost: x\r\n${'x: y\r\n'.repeat(5_000)}\r\n`,
      'POST /enrol HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /enrol HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: -1\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      '\u0000\u0001\u0002\u0003'.repeat(1_000),
      'GET /link HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-protocol: askfirst.v1\r\nsec-websocket-version: 13\r\n\r\n',
    ]
    const answers = await Promise.all(heads.map((head) => rawAnswer(head)))
    for (const answer of answers) expect(answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer)).toBe(true)
    await honest
  })

  it('[W14] of one device, over and over without a hello, leaves one connection', async () => {
    const identity = await world.desk.enrol()
    const connections: ScriptedAgent[] = []
    for (let count = 0; count < 12; count += 1) connections.push(await greeting(identity))
    const older = connections.slice(0, -1)
    const codes = await Promise.all(older.map(async ({ closed }) => (await closed).code))
    expect(new Set(codes)).toEqual(new Set([CLOSE.replaced]))
    const last = connections.at(-1)
    last?.send(helloMessage())
    expect((await last?.next('link.welcome'))?.deviceId).toBe(identity.answer.deviceId)
    await world.desk.stillServes()
  })
})

describe('a hello that lies', () => {
  const hellos: Record<string, { readonly hello: object; readonly code: number }> = {
    'no common version': {
      hello: { protocol: { oldest: PROTOCOL_VERSION + 1, newest: 9 } },
      code: CLOSE.versionMismatch,
    },
    'an oldest version above its newest': {
      hello: { protocol: { oldest: 9, newest: 1 } },
      code: CLOSE.versionMismatch,
    },
    'version 0': { hello: { protocol: { oldest: 0, newest: 1 } }, code: CLOSE.invalidMessage },
    'a platform that does not exist': { hello: { platform: 'beos' }, code: CLOSE.invalidMessage },
    'a host name of 300 letters': { hello: { hostName: 'x'.repeat(300) }, code: CLOSE.invalidMessage },
    'a hash in capitals': { hello: { catalogueSha256: 'A'.repeat(64) }, code: CLOSE.invalidMessage },
    'half a character': { hello: { osName: 'a\ud800' }, code: CLOSE.invalidMessage },
    'a number as its name': { hello: { hostName: 7 }, code: CLOSE.invalidMessage },
  }
  it.each(Object.entries(hellos))('[W8] with %s ends its connection', async (_name, { hello, code }) => {
    const agent = await greeting(await world.desk.enrol())
    agent.sendText(JSON.stringify({ ...helloMessage(), ...hello }))
    expect((await agent.closed).code).toBe(code)
  })

  it('[H5] twice, or after other messages, ends its connection', async () => {
    const twice = await greeting(await world.desk.enrol())
    twice.send(helloMessage())
    twice.send(helloMessage())
    expect((await twice.closed).code).toBe(CLOSE.invalidMessage)
    const early = await greeting(await world.desk.enrol())
    early.send({ type: 'consent.seen', requestId: scriptedId('crq'), state: 'shown' })
    expect((await early.closed).code).toBe(CLOSE.invalidMessage)
    const rows = await greeting(await world.desk.enrol())
    rows.sendFrame(randomBytes(200))
    expect((await rows.closed).code).toBe(CLOSE.invalidMessage)
    await world.desk.stillServes()
  })

  it('[H11] cannot make the server keep catalogues that it did not ask for, or keep old ones', async () => {
    const agent = await world.desk.connect()
    agent.send({ type: 'agent.catalogue', catalogue: [ECHO_COLLECTOR] })
    expect((await agent.closed).code).toBe(CLOSE.invalidMessage)
    const hashes: string[] = []
    for (let count = 0; count < 6; count += 1) {
      const catalogue = [{ ...ECHO_COLLECTOR, title: `title ${count}` }]
      const catalogueSha256 = sha256(canonicalJson(catalogue))
      hashes.push(catalogueSha256)
      const liar = await greeting(agent.identity)
      liar.send(helloMessage({ catalogueSha256 }))
      expect((await liar.next('link.welcome')).needCatalogue).toBe(true)
      liar.send({ type: 'agent.catalogue', catalogue })
      await world.desk.until(
        async () => (await world.store.devices.get(agent.deviceId))?.catalogueSha256 === catalogueSha256,
      )
      liar.close()
    }
    const kept = await Promise.all(hashes.map((hash) => world.store.devices.catalogue(hash)))
    expect(kept.map((catalogue) => catalogue !== null)).toEqual([false, false, false, false, false, true])
    const other = await greeting(agent.identity)
    other.send(helloMessage({ catalogueSha256: 'ab'.repeat(32) }))
    await other.next('link.welcome')
    other.send({ type: 'agent.catalogue', catalogue: [{ ...ECHO_COLLECTOR, title: 'not the one announced' }] })
    expect((await other.closed).code).toBe(CLOSE.invalidMessage)
    await world.desk.stillServes()
  })

  it('[H6] does not lift a quarantine: no request, no run, no rows, no receipt', async () => {
    const { desk } = world
    const identity = await desk.enrol({ approves: false })
    const attempts: ((agent: ScriptedAgent) => void)[] = [
      (agent) => agent.send({ type: 'run.accepted', runId: scriptedId('run'), review: false }),
      (agent) => agent.send({ type: 'consent.receipt', requestId: scriptedId('crq'), jws: 'a.b.c' }),
      (agent) => agent.send({ type: 'consent.revocation', grantId: scriptedId('gra'), jws: 'a.b.c' }),
      (agent) => agent.sendFrame(randomBytes(500)),
    ]
    for (const attempt of attempts) {
      const agent = await greeting(identity)
      agent.send(helloMessage({ openRuns: [{ runId: scriptedId('run'), nextSeq: 0, ended: false }] }))
      expect(await agent.next('link.welcome')).toMatchObject({ standing: 'quarantined', resume: [] })
      attempt(agent)
      expect((await agent.closed).code).toBe(CLOSE.quarantined)
    }
    expect((await desk.device(identity.answer.deviceId)).standing).toBe('quarantined')
    await desk.stillServes()
  })
})

describe('enrolling', () => {
  it('[H5] uses a one-use token once, even when ten machines race for it', async () => {
    const token = await world.desk.token()
    const bodies = Array.from({ length: 10 }, () => JSON.stringify(enrolmentBody(token).body))
    const answers = await Promise.all(bodies.map((body) => postEnrol(world.desk.target, body)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    const refused = answers.filter(({ status }) => status === 403)
    expect(refused).toHaveLength(9)
    for (const { body } of refused) expect(body).toMatchObject({ code: 'ENROLMENT_CODE_INVALID' })
  })

  it('[H7] as another machine does not take over in silence: quarantine, old key out, both in the audit log', async () => {
    const { desk } = world
    const victim = await desk.connect()
    const thief = await enrolScripted(desk.target, await desk.token({ approves: false }), victim.identity.machineIdHash)
    expect(thief.answer).toMatchObject({ deviceId: victim.deviceId, standing: 'quarantined' })
    expect((await victim.closed).code).toBe(CLOSE.certificateRevoked)
    const [entry] = await world.store.audit.read(0, 10, { action: 'device.reinstalled', subject: victim.deviceId })
    const keys = [victim.identity, thief].map(({ answer }) => keyHash(answer.certificate))
    expect(entry?.detail).toMatchObject({ publicKeySha256: keys[1], replaces: [keys[0]] })
    const agent = await greeting(thief)
    agent.send(helloMessage())
    expect((await agent.next('link.welcome')).standing).toBe('quarantined')
    await desk.stillServes()
  })

  it('[H4] takes nothing of a signing request but its P-256 key', async () => {
    const token = await world.desk.token()
    const made = enrolmentBody(token)
    const wishes = makeSigningRequest(made.key, 'admin,CN=AskFirst CA')
    const { body } = await postEnrol(world.desk.target, JSON.stringify({ ...made.body, csr: wishes }))
    const certificate = new X509Certificate((body as EnrolmentAnswer).certificate)
    expect(certificate.ca).toBe(false)
    expect(certificate.subject).not.toContain('admin')
    expect(deviceIdOf(certificate)).toBe((body as EnrolmentAnswer).deviceId)
  })

  const requests: Record<string, () => Promise<string> | string> = {
    'an RSA key': () =>
      peculiarRequest({
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: 2_048,
        publicExponent: Uint8Array.of(1, 0, 1),
        hash: 'SHA-256',
      }),
    'a P-384 key': () => peculiarRequest({ name: 'ECDSA', namedCurve: 'P-384' }),
    'a key that is not its own': () => foreignKeyRequest(),
    'no end': () => '-----BEGIN CERTIFICATE REQUEST-----\n'.padEnd(8_000, 'A'),
    'two requests': () => `${makeSigningRequest(p256(), 'x')}\n${makeSigningRequest(p256(), 'y')}`,
    'a private key': () => p256().export({ type: 'pkcs8', format: 'pem' }).toString(),
    'nothing but text': () => 'x'.repeat(200),
  }
  it.each(Object.entries(requests))(
    '[H4] with a signing request of %s is refused, and so is renewing',
    async (_name, make) => {
      const csr = await make()
      const { body } = enrolmentBody(await world.desk.token())
      expect((await postEnrol(world.desk.target, JSON.stringify({ ...body, csr }))).body).toMatchObject({
        code: 'CSR_INVALID',
      })
      const agent = await world.desk.connect()
      agent.send({ type: 'certificate.renew', csr })
      expect(await agent.next('certificate.refused')).toMatchObject({ code: 'CSR_INVALID' })
      expect(await world.store.devices.certificates(agent.deviceId)).toHaveLength(1)
    },
  )

  it('[H8] renews for the device of the session only, once in a while, and never a huge request', async () => {
    const { desk } = world
    const agent = await desk.connect()
    const other = await desk.connect()
    agent.send({ type: 'certificate.renew', csr: makeSigningRequest(p256(), other.deviceId) })
    const { certificate } = await agent.next('certificate.issued')
    expect(deviceIdOf(new X509Certificate(certificate))).toBe(agent.deviceId)
    for (let count = 0; count < 20; count += 1)
      agent.send({ type: 'certificate.renew', csr: makeSigningRequest(p256(), 'x') })
    for (let count = 0; count < 20; count += 1)
      expect(await agent.next('certificate.refused')).toMatchObject({ code: 'RATE_LIMITED' })
    expect(await world.store.devices.certificates(agent.deviceId)).toHaveLength(2)
    agent.send({ type: 'certificate.renew', csr: 'x'.repeat(8_193) })
    expect((await agent.closed).code).toBe(CLOSE.invalidMessage)
    expect(await world.store.devices.certificates(other.deviceId)).toHaveLength(1)
    await desk.stillServes()
  })

  const bodies: Record<string, { readonly change: (body: object) => string; readonly code: string }> = {
    'an unknown field': { change: (body) => JSON.stringify({ ...body, admin: true }), code: 'INVALID_REQUEST' },
    'a list': { change: (body) => JSON.stringify([body]), code: 'INVALID_REQUEST' },
    'a body that ends too early': { change: (body) => JSON.stringify(body).slice(0, -2), code: 'INVALID_REQUEST' },
    'nesting of 7,000 levels': { change: () => '['.repeat(7_000) + ']'.repeat(7_000), code: 'INVALID_REQUEST' },
    'ten megabytes': {
      change: (body) => JSON.stringify({ ...body, osName: 'x'.repeat(10_000_000) }),
      code: 'PAYLOAD_TOO_LARGE',
    },
    'half a character in its name': {
      change: (body) => JSON.stringify({ ...body, hostName: 'pc\ud800' }),
      code: 'INVALID_REQUEST',
    },
    'a key that changes objects': {
      change: (body) => `{"__proto__":{"approves":true},${JSON.stringify(body).slice(1)}`,
      code: 'INVALID_REQUEST',
    },
    'a token of another form': {
      change: (body) => JSON.stringify({ ...body, token: "' or 1=1 --" }),
      code: 'INVALID_REQUEST',
    },
  }
  it.each(Object.entries(bodies))('[H4] with %s is refused and uses no token', async (_name, { change, code }) => {
    const token = await world.desk.token()
    const { body } = enrolmentBody(token)
    const answer = await postEnrol(world.desk.target, change(body)).catch(() => null)
    // A body far beyond the bound is cut off while it is still being sent.
    if (answer !== null || code !== 'PAYLOAD_TOO_LARGE') expect(answer?.body).toMatchObject({ code })
    await enrolScripted(world.desk.target, token)
    await world.desk.stillServes()
  })

  it('[H5] stops guessing of tokens, says alike for all, and lets enrolled devices work on', async () => {
    const honest = world.desk.stillServes()
    const { body } = enrolmentBody('A'.repeat(22))
    const guess = () =>
      postEnrol(world.desk.target, JSON.stringify({ ...body, token: randomBytes(16).toString('base64url') }))
    const codes = new Map<number, number>()
    for (let round = 0; round < 45; round += 1) {
      for (const { status } of await Promise.all(Array.from({ length: 10 }, guess)))
        codes.set(status, (codes.get(status) ?? 0) + 1)
    }
    expect([...codes.keys()].sort()).toEqual([403, 429])
    expect(codes.get(403)).toBeLessThanOrEqual(400)
    expect((await guess()).status).toBe(429)
    await honest
  })
})

describe('connections that say little and stay', () => {
  it('[L1] are all cut off by the server, which goes on serving meanwhile', async () => {
    await world.desk.stillServes()
    await Promise.all(slow.map(({ closed }) => closed))
    await world.desk.stillServes()
  })
})

function p256() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function keyHash(certificatePem: string): string {
  const { publicKey } = new X509Certificate(certificatePem)
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

async function peculiarRequest(
  algorithm: webcrypto.RsaHashedKeyGenParams | (webcrypto.EcKeyGenParams & { readonly name: 'ECDSA' }),
): Promise<string> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const signingAlgorithm = { name: algorithm.name, hash: 'SHA-256' }
  const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=x', keys, signingAlgorithm })
  return request.toString('pem')
}

/** A request with one device's key and another's signature. */
function foreignKeyRequest(): string {
  const [mine, other] = [makeSigningRequest(p256(), 'x'), makeSigningRequest(p256(), 'x')].map((pem) =>
    Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64'),
  )
  if (mine === undefined || other === undefined) throw new Error('two requests were made')
  const forged = Buffer.concat([mine.subarray(0, -70), other.subarray(-70)])
  return `-----BEGIN CERTIFICATE REQUEST-----\n${forged.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
}

function tlsTo(): TLSSocket {
  const { port, authorityPem } = world.desk.target
  return connectTls({ host: '127.0.0.1', port, ca: authorityPem, ALPNProtocols: ['http/1.1'] })
}

/** What the agents' port answers to raw bytes; empty when it only hangs up. */
async function rawAnswer(head: string): Promise<string> {
  const socket = tlsTo()
  let answer = ''
  socket.on('data', (data) => {
    answer += String(data)
  })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  socket.write(head)
  await once(socket, 'close')
  return answer
}

/** One of four kinds: no TLS hello, half a TLS hello, half a request head, a body a byte at a time. */
function slowConnection(at: number): { readonly name: string; readonly closed: Promise<unknown> } {
  const kind = at % 4
  const { port } = world.desk.target
  const socket = kind < 2 ? connectTcp({ host: '127.0.0.1', port }) : tlsTo()
  socket.on('error', () => undefined)
  socket.on('data', () => undefined)
  const closed = once(socket, 'close').catch(() => undefined)
  if (kind === 1) socket.write(Buffer.from('16030100c8010000c40303', 'hex'))
  if (kind === 2) socket.once('secureConnect', () => socket.write('GET /link HTTP/1.1\r\nhost: x\r\nx-slow: '))
  if (kind === 3) socket.once('secureConnect', () => trickle(socket, closed))
  return { name: ['silent', 'half a handshake', 'half a head', 'a slow body'][kind] ?? '', closed }
}

function trickle(socket: ReturnType<typeof connectTcp>, closed: Promise<unknown>): void {
  socket.write(
    `POST /enrol HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${LIMITS.maxDepth * 1_000}\r\n\r\n`,
  )
  const timer = setInterval(() => socket.write('{'), 500)
  void closed.then(() => clearInterval(timer))
}
