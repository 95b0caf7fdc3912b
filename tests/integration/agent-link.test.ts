import { generateKeyPairSync } from 'node:crypto'
import { makeSigningRequest } from '@askfirst/agent/identity/csr.ts'
import type { Identity } from '@askfirst/agent/identity/identity.ts'
import { Link } from '@askfirst/agent/link/link.ts'
import type { Command } from '@askfirst/agent/link/link-session.ts'
import { createLog } from '@askfirst/agent/log.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import { PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import { CertificateAuthority, createAuthority } from '@askfirst/server/ca/authority.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../support/real-agent.ts'
import { ScriptedServer } from '../support/scripted-server.ts'

const NOW = Date.now()
const deviceId = makeId('dev', NOW, new Uint8Array(10))
const newAuthority = () => {
  const made = createAuthority('Example Ltd', NOW)
  return new CertificateAuthority(made.certificatePem, made.key)
}
const authority = newAuthority()
const cleanUp: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo()
})

const WELCOME = {
  type: 'link.welcome',
  protocol: 1,
  deviceId,
  standing: 'active',
  organisation: { name: 'Example Ltd', contact: 'help@example.test' },
  needCatalogue: false,
  heartbeatMs: 100,
  creditBytes: 65_536,
  resume: [],
  certificateExpiresAt: '2027-01-01T00:00:00.000Z',
}

function identityFor(port: number): Identity {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const csrPem = makeSigningRequest(key, 'x')
  return {
    version: 1,
    deviceId,
    host: '127.0.0.1',
    port,
    authoritySha256: authority.sha256.toString('hex'),
    authorityPem: authority.certificatePem,
    certificatePem: authority.issueDevice({ deviceId, csrPem, now: NOW, lifetimeMs: 86_400_000 }).pem,
    keyFile: 'device-0000000000000000.key',
    key,
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

async function linked(options: Partial<Parameters<typeof ScriptedServer.listen>[0]> = {}) {
  const server = await ScriptedServer.listen({ authority, ...options })
  const identity = identityFor(server.port)
  const commands: Command[] = []
  const link = new Link({
    identity: () => identity,
    proxy: {},
    log: createLog('error', () => undefined),
    random: () => 0,
    hello: () => ({
      type: 'link.hello',
      protocol: { oldest: 1, newest: 1 },
      agentVersion: 'test',
      platform: 'linux',
      arch: 'x64',
      osName: 'Linux',
      hostName: 'host',
      catalogueSha256: '0'.repeat(64),
      clock: '2026-11-22T00:00:00.000Z',
      openRuns: [],
    }),
    onWelcome: () => undefined,
    onCommand: (command) => commands.push(command),
    onDown: () => undefined,
  })
  cleanUp.push(async () => {
    server.close()
    await link.stop()
  })
  link.start()
  return { server, link, commands }
}

/** A link whose server has said welcome. */
async function open() {
  const { server, link, commands } = await linked()
  const connection = await until(() => server.connections[0])
  await until(() => connection.received[0])
  connection.socket.send(JSON.stringify(WELCOME))
  await until(() => link.status.state === 'online')
  return { server, link, commands, connection }
}

const closesWith = async (code: number, frame: string | Buffer) => {
  const { connection, commands } = await open()
  connection.socket.send(frame)
  expect((await connection.closed).code).toBe(code)
  expect(commands).toEqual([])
}

describe('connection of the agent', () => {
  it('[W1] [W3] speaks TLS 1.3 with its certificate, the subprotocol, no compression and no Origin', async () => {
    const { connection } = await open()
    expect(connection.socket.protocol).toBe('askfirst.v1')
    expect(connection.socket.extensions).toBe('')
    expect(connection.request.headers.origin).toBeUndefined()
    expect(connection.received[0]).toMatchObject({ type: 'link.hello', protocol: { oldest: 1, newest: 1 } })
  })

  it('[H3] says nothing to a server whose certificate another authority signed, or that names another address', async () => {
    for (const wrong of [{ issuer: newAuthority() }, { hosts: ['desk.example.org'] }]) {
      const { server, link } = await linked(wrong)
      await until(() => link.status.lastProblem !== '')
      expect(server.connections).toEqual([])
      expect(link.status.lastProblem).toMatch(/certificate|altnames|signature/i)
    }
  })

  it('[W8] closes with 4001 on a version that it did not offer', async () => {
    const { server, link } = await linked()
    const connection = await until(() => server.connections[0])
    connection.socket.send(JSON.stringify({ ...WELCOME, protocol: PROTOCOL_VERSION + 1 }))
    expect((await connection.closed).code).toBe(CLOSE.versionMismatch)
    expect(link.status.state).not.toBe('online')
  })

  it('[W5] closes with 4000 on a welcome for another device, and on commands before the welcome', async () => {
    const other = { ...WELCOME, deviceId: makeId('dev', NOW + 1, new Uint8Array(10)) }
    for (const message of [other, { type: 'run.recorded', runId: makeId('run', NOW, new Uint8Array(10)) }]) {
      const { server, commands } = await linked()
      const connection = await until(() => server.connections[0])
      connection.socket.send(JSON.stringify(message))
      expect((await connection.closed).code).toBe(CLOSE.invalidMessage)
      expect(commands).toEqual([])
    }
  })

  it('[W5] closes with 4000 on what is not JSON, on binary frames and on messages of its own side', async () => {
    await closesWith(CLOSE.invalidMessage, 'no JSON')
    await closesWith(CLOSE.invalidMessage, Buffer.alloc(200))
    await closesWith(CLOSE.invalidMessage, JSON.stringify({ type: 'link.ping', nonce: 1 }))
    await closesWith(CLOSE.invalidMessage, JSON.stringify(WELCOME))
  })

  it('[W6] closes with 4000 on a command with an unknown field', async () => {
    const command = { type: 'run.recorded', runId: makeId('run', NOW, new Uint8Array(10)), also: 'this' }
    await closesWith(CLOSE.invalidMessage, JSON.stringify(command))
  })

  it('[L1] closes on a frame that is longer than a frame may be', async () => {
    await closesWith(1009, 'x'.repeat(LIMITS.maxTextFrameBytes + 1))
  })

  it('[W5] ignores a message of a newer version and goes on', async () => {
    const { connection, commands } = await open()
    connection.socket.send(JSON.stringify({ type: 'future.thing', x: 1 }))
    connection.socket.send(JSON.stringify({ type: 'run.recorded', runId: makeId('run', NOW, new Uint8Array(10)) }))
    await until(() => commands.length === 1)
    expect(commands[0]?.type).toBe('run.recorded')
  })

  it('[W12] pings at the interval that the server named, and comes back when nothing is heard for three of them', async () => {
    const { connection, server } = await open()
    await until(() => connection.received.some(({ type }) => type === 'link.ping'))
    expect((await connection.closed).code).toBe(1006)
    expect(await until(() => server.connections[1])).toBeDefined()
  })
})
