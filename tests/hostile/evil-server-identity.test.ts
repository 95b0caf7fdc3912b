import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSigningRequest } from '@askfirst/agent/identity/csr.ts'
import { loadIdentity } from '@askfirst/agent/identity/identity.ts'
import { formatSignedNote } from '@askfirst/protocol/checkpoint.ts'
import { LogSigner } from '@askfirst/server/ca/log-signer.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { EvilDesk, newId } from '../support/evil/evil-desk.ts'
import type { Answer, EvilServerOptions } from '../support/evil/evil-server.ts'
import { EvilServer, newAuthority } from '../support/evil/evil-server.ts'
import { RealAgent, until } from '../support/real-agent.ts'

const HOUR = 3_600_000
const cleanUp: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

async function open(options: Parameters<typeof EvilDesk.open>[0] = {}): Promise<EvilDesk> {
  const desk = await EvilDesk.open(options)
  cleanUp.push(() => desk.close())
  return desk
}

async function listen(options: EvilServerOptions, port = 0): Promise<EvilServer> {
  const server = await EvilServer.listen(options, port)
  cleanUp.push(() => server.close())
  return server
}

const newKey = (type: 'ec' | 'rsa') =>
  type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey

describe('an evil server that hands out certificates', () => {
  it('[H8] cannot give the device one that it did not ask for', async () => {
    const desk = await open()
    const before = loadIdentity(desk.agent.config.dataDir)
    const certificate = desk.server.issue(makeSigningRequest(before.key, 'x')).pem
    desk.say({ type: 'certificate.issued', certificate, chain: desk.server.authority.certificatePem })
    await desk.fence()
    expect(loadIdentity(desk.agent.config.dataDir).certificatePem).toBe(before.certificatePem)
    await desk.honest()
    expect(desk.leaks()).toEqual([])
  })

  it('[H8] cannot give it any that is not its own, of the pinned authority, and in time', async () => {
    const desk = await open()
    const { dataDir } = desk.agent.config
    const before = loadIdentity(dataDir)
    desk.clock.wallOffset += 16 * HOUR
    await desk.reconnect()
    const csrPem = String((await desk.heard('certificate.renew')).csr)
    const chain = desk.server.authority.certificatePem
    const other = newAuthority()
    const now = Date.now()
    const bad: readonly (readonly [string, string])[] = [
      [desk.server.issue(makeSigningRequest(newKey('ec'), 'x')).pem, chain],
      [desk.server.issue(csrPem, { deviceId: newId('dev') }).pem, chain],
      [desk.server.issue(csrPem, { now: now - 48 * HOUR }).pem, chain],
      [other.issueDevice({ deviceId: before.deviceId, csrPem, now, lifetimeMs: 24 * HOUR }).pem, other.certificatePem],
      [other.issueDevice({ deviceId: before.deviceId, csrPem, now, lifetimeMs: 24 * HOUR }).pem, chain],
      [desk.server.issue(csrPem).pem, other.certificatePem],
      [chain, chain],
      [desk.server.authority.issueServer({ hosts: ['127.0.0.1'], now, lifetimeMs: HOUR }).pem, chain],
      [newKey('rsa').export({ type: 'pkcs1', format: 'pem' }).toString(), chain],
      ['no certificate', chain],
      ['', ''],
    ]
    for (const [certificate, its] of bad) desk.say({ type: 'certificate.issued', certificate, chain: its })
    await desk.fence()
    expect(loadIdentity(dataDir)).toMatchObject({ certificatePem: before.certificatePem, keyPem: before.keyPem })
    const good = desk.server.issue(csrPem, { lifetimeMs: 72 * HOUR }).pem
    desk.say({
      type: 'certificate.issued',
      certificate: `${good}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      chain,
    })
    await desk.fence()
    expect(loadIdentity(dataDir).certificatePem).toBe(good)
    await desk.reconnect()
    await desk.honest()
    expect(desk.leaks()).toEqual([])
  })

  it('[H1] hears of the private key nowhere', async () => {
    const desk = await open()
    const { keyPem } = loadIdentity(desk.agent.config.dataDir)
    await desk.honest()
    const secret = keyPem.split('\n').slice(1, 3)
    expect(desk.server.texts.filter((text) => secret.some((line) => text.includes(line)))).toEqual([])
  })
})

describe('an evil server that rewrites the past', () => {
  const signer = new LogSigner('evil', generateKeyPairSync('ed25519').privateKey)
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  const enrolment = (honest: Record<string, unknown>): Answer => ({
    status: 201,
    body: { ...honest, logVerifierKey: signer.verifierKey },
  })

  it('[G7] cannot make the device forget what it showed before, and is caught trying', async () => {
    const desk = await open({ server: { enrolment } })
    await desk.given()
    const { id } = desk.ticket
    const origin = `evil/ticket/${id}`
    const kept = signer.sign({ origin, size: 5, headHash: hash('five') })
    const stranger = new LogSigner('evil', generateKeyPairSync('ed25519').privateKey)
    const say = (note: string, ticketId = id) => desk.say({ type: 'log.checkpoint', ticketId, note })
    say(kept)
    say(formatSignedNote({ text: `${origin}\n9\n${hash('nine')}\n`, keyName: 'evil', signature: 'AAAA' }))
    say(stranger.sign({ origin, size: 9, headHash: hash('nine') }))
    say(signer.sign({ origin: `evil/ticket/${newId('tkt')}`, size: 9, headHash: hash('nine') }))
    const foreign = newId('tkt')
    say(signer.sign({ origin: `evil/ticket/${foreign}`, size: 9, headHash: hash('nine') }), foreign)
    say('\u001b[2J no note')
    await desk.fence()
    const local = await desk.agent.local()
    const alarms = async () =>
      (await local.call('history.read', { after: 0, limit: 500 })).entries.filter(
        ({ kind }) => kind === 'witness.conflict',
      ).length
    expect(await alarms()).toBe(0)
    expect((await local.call('history.checkpoints', {})).checkpoints).toEqual([{ ticketId: id, note: kept }])
    say(signer.sign({ origin, size: 4, headHash: hash('four') }))
    say(signer.sign({ origin, size: 5, headHash: hash('another five') }))
    await desk.fence()
    expect(await alarms()).toBe(1)
    expect((await local.call('history.checkpoints', {})).checkpoints).toEqual([{ ticketId: id, note: kept }])
    await desk.honest()
    expect(desk.leaks()).toEqual([])
  })
})

describe('a server that is not the pinned one', () => {
  const authority = newAuthority()

  /** An agent that was enrolled honestly and finds this server in the place of its own. */
  async function meets(
    impostor: EvilServerOptions,
  ): Promise<{ readonly desk: EvilDesk; readonly heard: readonly string[]; readonly problem: string }> {
    const desk = await open({ server: { authority } })
    const { port } = desk.server
    await desk.agent.stop()
    await desk.server.close()
    const false_ = await EvilServer.listen({ authority, ...impostor }, port)
    const local = desk.agent
    await local.start({ random: () => 0.001 })
    await until(() => local.running.status().problem !== undefined)
    const problem = local.running.status().problem ?? ''
    await desk.agent.stop()
    await false_.close()
    return { desk, heard: false_.texts, problem }
  }

  it.each([
    ['another authority, e.g. a public one', () => ({ issuer: newAuthority('Public Trust Co') })],
    ['a certificate for another host', () => ({ hosts: ['desk.example.org'] })],
    ['TLS 1.2', () => ({ tls: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const })],
    ["another device's certificate of the right authority", () => ({ tls: deviceAsServer() })],
  ])('[W1] [H3] hears nothing with %s', async (_what, impostor) => {
    const { heard, problem } = await meets(impostor())
    expect(heard).toEqual([])
    expect(problem).not.toBe('')
  })

  /** A device of the same fleet that listens with what it has. */
  function deviceAsServer() {
    const key = newKey('ec')
    const csrPem = makeSigningRequest(key, '127.0.0.1')
    const { pem } = authority.issueDevice({ deviceId: newId('dev'), csrPem, now: Date.now(), lifetimeMs: HOUR })
    return { cert: pem + authority.certificatePem, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }

  it.each([
    [
      'a redirect to another server',
      (port: number) => `HTTP/1.1 302 Found\r\nLocation: wss://127.0.0.1:${port}/link\r\nContent-Length: 0\r\n\r\n`,
    ],
    [
      'compression that nobody offered',
      () => switching('Sec-WebSocket-Protocol: askfirst.v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n'),
    ],
    ['another subprotocol', () => switching('Sec-WebSocket-Protocol: askfirst.v0\r\n')],
    ['no subprotocol', () => switching('')],
    [
      'a wrong proof of the handshake',
      () => switching('Sec-WebSocket-Protocol: askfirst.v1\r\n', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA='),
    ],
  ])('[W1] [W3] [H10] gets no hello by answering the upgrade with %s', async (_what, answer) => {
    const elsewhere = await listen({ authority })
    const { heard } = await meets({
      upgrade(request, socket) {
        const key = String(request.headers['sec-websocket-key'])
        socket.end(
          answer(elsewhere.port).replace(
            'KEY',
            createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64'),
          ),
        )
        return true
      },
    })
    expect(heard.length).toBeGreaterThan(0)
    expect(heard.every((text) => text.startsWith('GET /link '))).toBe(true)
    expect(elsewhere.texts).toEqual([])
  })

  function switching(headers: string, accept = 'KEY'): string {
    return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${headers}\r\n`
  }
})

describe('an evil server at the enrolment', () => {
  async function enrolWith(options: EvilServerOptions, pinned?: Uint8Array): Promise<unknown> {
    const server = await listen(options)
    const agent = new RealAgent(await mkdtemp(join(tmpdir(), 'askfirst-evil-')), {})
    cleanUp.push(() => agent.remove())
    const token = Buffer.alloc(16, 7).toString('base64url')
    const outcome = await agent
      .enrol({ port: server.port, authoritySha256: pinned ?? server.authority.sha256, token })
      .then(
        () => 'enrolled',
        (error: unknown) => error,
      )
    expect(await readdir(agent.config.dataDir)).toEqual([])
    return outcome
  }
  const answered =
    (change: (honest: Record<string, unknown>) => unknown) =>
    (honest: Record<string, unknown>): Answer => ({ status: 201, body: change(honest) })

  it('[H3] sees no token when it is not the one that the code names', async () => {
    const authority = newAuthority()
    const server = await listen({ authority })
    await expect(enrolWith({ authority }, newAuthority().sha256)).resolves.toMatchObject({
      code: 'CERTIFICATE_REFUSED',
    })
    expect(server.texts.filter((text) => text.includes('token'))).toEqual([])
  })

  it('[H3] sees no token when it shows the right authority above a leaf of another', async () => {
    const texts: string[] = []
    const authority = newAuthority()
    const other = newAuthority()
    const leaf = other.issueServer({ hosts: ['127.0.0.1'], now: Date.now(), lifetimeMs: HOUR })
    const enrolment = (honest: Record<string, unknown>): Answer => {
      texts.push('asked')
      return { status: 201, body: honest }
    }
    const tls = { cert: leaf.pem + authority.certificatePem, key: leaf.keyPem }
    await expect(enrolWith({ authority, tls, enrolment })).resolves.toMatchObject({ code: 'CERTIFICATE_REFUSED' })
    expect(texts).toEqual([])
  })

  it.each([301, 302, 307, 308])('[H3] [H10] moves nobody by answering with a redirect (%i)', async (status) => {
    const elsewhere = await listen({})
    const enrolment = (): Answer => ({ status, headers: { location: `https://127.0.0.1:${elsewhere.port}/enrol` } })
    await expect(enrolWith({ enrolment })).resolves.toMatchObject({ code: 'UNAVAILABLE' })
    expect(elsewhere.texts).toEqual([])
  })

  it.each([
    [
      'a certificate for another key',
      'CERTIFICATE_REFUSED',
      answered((honest) => ({ ...honest, certificate: certificateFor(newKey('ec')) })),
    ],
    [
      'a device id that the certificate does not name',
      'CERTIFICATE_REFUSED',
      answered((honest) => ({ ...honest, deviceId: newId('dev') })),
    ],
    [
      'its own authority as the certificate',
      'CERTIFICATE_REFUSED',
      answered((honest) => ({ ...honest, certificate: honest.chain })),
    ],
    ['no certificate', 'MESSAGE_INVALID', answered(({ certificate: _left, ...rest }) => rest)],
    [
      'a device id that climbs out of the folder',
      'MESSAGE_INVALID',
      answered((honest) => ({ ...honest, deviceId: '../../etc' })),
    ],
    ['a standing that does not exist', 'MESSAGE_INVALID', answered((honest) => ({ ...honest, standing: 'trusted' }))],
    ['ten megabytes', 'MESSAGE_INVALID', answered((honest) => ({ ...honest, more: 'x'.repeat(10_000_000) }))],
    ['a list', 'MESSAGE_INVALID', answered(() => [])],
  ])('[H4] [H8] leaves no identity behind by answering with %s', async (_what, code, enrolment) => {
    await expect(enrolWith({ enrolment, authority: FOR_CASES })).resolves.toMatchObject({ code })
  })

  it('[H10] cannot take over an enrolled device, whatever it says', async () => {
    const desk = await open()
    const before = loadIdentity(desk.agent.config.dataDir)
    for (const type of ['server.move', 'agent.enrol', 'identity.replace'])
      desk.say({ type, host: 'evil.example', code: 'af1…' })
    await desk.honest()
    expect(loadIdentity(desk.agent.config.dataDir)).toMatchObject({
      host: before.host,
      port: before.port,
      authoritySha256: before.authoritySha256,
    })
  })

  it('[H10] gets nothing that was granted to an earlier server after the administrator moved the device', async () => {
    const desk = await open()
    const given = await desk.given()
    desk.server.hasManners = false
    await desk.agent.stop()
    const next = await listen({})
    await desk.agent.enrol({
      port: next.port,
      authoritySha256: next.authority.sha256,
      token: Buffer.alloc(16).toString('base64url'),
      replace: true,
    })
    await desk.agent.start({ random: () => 0 })
    await until(() => next.isGreeted && desk.agent.running.status().state === 'connected')
    const order = desk.orderOf(given.grant)
    next.now.say(order)
    await until(() => next.received.some(({ type, code }) => type === 'run.refused' && code === 'GRANT_UNKNOWN'))
    expect(next.received.filter(({ type }) => type.startsWith('consent.'))).toEqual([])
    expect(next.chunks).toEqual([])
  })
})

const FOR_CASES = newAuthority()
function certificateFor(key: ReturnType<typeof newKey>): string {
  const csrPem = makeSigningRequest(key, 'x')
  return FOR_CASES.issueDevice({ deviceId: newId('dev'), csrPem, now: Date.now(), lifetimeMs: HOUR }).pem
}
