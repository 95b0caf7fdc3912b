import type { TLSSocket } from 'node:tls'
import { connect } from 'node:tls'
import { CertificateAuthority, createAuthority } from '@askfirst/server/ca/authority.ts'
import { isoNow, systemClock } from '@askfirst/server/clock.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AgentSideUnderTest } from '../support/agent-side.ts'
import { startAgentSide } from '../support/agent-side.ts'
import type { ScriptedIdentity } from '../support/scripted-agent.ts'
import { enrolmentBody, enrolScripted } from '../support/scripted-agent.ts'

const DAY_MS = 86_400_000
let server: AgentSideUnderTest
let aheadMs = 0

beforeAll(async () => {
  server = await startAgentSide({ clock: { now: () => systemClock.now() + aheadMs } })
})
afterAll(() => server.close())

/** Any request at all: a peer that is let in gets an answer to it. */
const REQUEST = 'GET /nothing-here HTTP/1.1\r\nhost: x\r\n\r\n'

interface Peer {
  readonly bytes: number
  readonly session: Buffer | null
  readonly resumed: boolean
}

/** Shakes hands with the server, asks something, and says how many bytes of an answer came before the end. */
function talk(
  identity: ScriptedIdentity | null,
  options: { session?: Buffer; certificate?: string } = {},
): Promise<Peer> {
  const { promise, resolve } = Promise.withResolvers<Peer>()
  const shown =
    identity === null
      ? {}
      : {
          cert: options.certificate ?? identity.answer.certificate,
          key: identity.key.export({ type: 'pkcs8', format: 'pem' }),
        }
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port: server.port,
    ca: server.authority.certificatePem,
    ...shown,
    ...(options.session === undefined ? {} : { session: options.session }),
  })
  let bytes = 0
  let session: Buffer | null = null
  let resumed = false
  socket.on('session', (ticket) => {
    session = ticket
  })
  socket.on('secureConnect', () => {
    resumed = socket.isSessionReused()
    socket.write(REQUEST)
  })
  socket.on('data', (piece) => {
    bytes += piece.length
    socket.end()
  })
  // A reset is an end as well.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => resolve({ bytes, session, resumed }))
  return promise
}

const enrol = async () =>
  enrolScripted({ port: server.port, authorityPem: server.authority.certificatePem }, await server.token())

async function revoke({ answer }: ScriptedIdentity): Promise<void> {
  const at = isoNow(systemClock)
  const audit = { at, actor: SYSTEM_ACTOR, action: 'certificate.revoked', subject: answer.deviceId, detail: {} }
  await server.store.devices.revokeCertificates(answer.deviceId, { at, reason: 'device-revoked', audit })
  await server.side.gateway.refresh()
}

describe('the handshake of a peer whose certificate is refused', () => {
  it('[H9] ends a revoked one without a byte of an answer, a resumed session included', async () => {
    const identity = await enrol()
    const before = await talk(identity)
    expect(before.bytes).toBeGreaterThan(0)
    if (before.session === null) throw new Error('no session ticket came')
    const resumed = await talk(identity, { session: before.session })
    expect(resumed).toMatchObject({ resumed: true })
    expect(resumed.bytes).toBeGreaterThan(0)

    await revoke(identity)
    expect((await talk(identity, { session: before.session })).bytes).toBe(0)
    expect((await talk(identity)).bytes).toBe(0)
  })

  it('[W2] ends one of another authority without an answer, and lets a peer without a certificate ask', async () => {
    const identity = await enrol()
    const made = createAuthority('Somebody else', systemClock.now())
    const { key, body } = enrolmentBody('x')
    const certificate = new CertificateAuthority(made.certificatePem, made.key).issueDevice({
      deviceId: identity.answer.deviceId,
      csrPem: body.csr,
      now: systemClock.now(),
      lifetimeMs: DAY_MS,
    })
    expect((await talk({ ...identity, key }, { certificate: certificate.pem })).bytes).toBe(0)
    expect((await talk(null)).bytes).toBeGreaterThan(0)
  })

  it('[W2] ends one whose time is over, by the server’s clock, a resumed session included', async () => {
    const identity = await enrol()
    const { session } = await talk(identity)
    aheadMs = 100 * DAY_MS
    try {
      expect((await talk(identity)).bytes).toBe(0)
      expect((await talk(identity, session === null ? {} : { session })).bytes).toBe(0)
    } finally {
      aheadMs = 0
    }
  })
})
