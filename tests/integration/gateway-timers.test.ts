import { connect as connectTls } from 'node:tls'
import { CLOSE } from '@askfirst/protocol/limits.ts'
import { SUBPROTOCOL } from '@askfirst/protocol/version.ts'
import { isoNow, systemClock } from '@askfirst/server/clock.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AgentSideUnderTest } from '../support/agent-side.ts'
import { startAgentSide } from '../support/agent-side.ts'
import type { ScriptedIdentity } from '../support/scripted-agent.ts'
import { enrolmentBody, enrolScripted, postEnrol, ScriptedAgent } from '../support/scripted-agent.ts'

let server: AgentSideUnderTest
beforeAll(async () => {
  server = await startAgentSide({ heartbeatMs: 300, crlRefreshMs: 200, enrolmentsPerMinute: 4 })
})
afterAll(() => server.close())

const enrol = async () =>
  enrolScripted({ port: server.port, authorityPem: server.authority.certificatePem }, await server.token())

it('[W12] closes a session that missed three heartbeats', async () => {
  const agent = await ScriptedAgent.connect(await enrol())
  expect((await agent.closed).code).toBe(CLOSE.idle)
})

it('[H9] makes the revocation list again on a timer and closes what it names', async () => {
  const agent = await ScriptedAgent.connect(await enrol())
  const beat = setInterval(() => agent.send({ type: 'link.ping', nonce: 1 }), 100)
  const audit = {
    at: isoNow(systemClock),
    actor: { kind: 'user', id: 'x', name: 'x' },
    action: 'certificate.revoked',
    subject: agent.deviceId,
    detail: {},
  } as const
  await server.store.devices.revokeCertificates(agent.deviceId, {
    at: isoNow(systemClock),
    reason: 'keyCompromise',
    audit,
  })
  const { code } = await agent.closed
  clearInterval(beat)
  expect(code).toBe(CLOSE.certificateRevoked)
})

it('[W2] refuses a TLS session that resumes after its certificate was revoked', async () => {
  const identity = await enrol()
  const first = await upgrade(identity, undefined)
  expect(first).toMatchObject({ status: 101, isReused: false })
  const second = await upgrade(identity, first.ticket)
  expect(second).toMatchObject({ status: 101, isReused: true })
  const audit = {
    at: isoNow(systemClock),
    actor: { kind: 'user', id: 'x', name: 'x' },
    action: 'certificate.revoked',
    subject: identity.answer.deviceId,
    detail: {},
  } as const
  await server.store.devices.revokeCertificates(identity.answer.deviceId, {
    at: isoNow(systemClock),
    reason: 'keyCompromise',
    audit,
  })
  const third = await upgrade(identity, first.ticket)
  expect(third).toMatchObject({ status: 403, isReused: true })
})

it('[H4] limits enrolments per address and says how long to wait', async () => {
  const target = { port: server.port, authorityPem: server.authority.certificatePem }
  const body = JSON.stringify(enrolmentBody(await server.token()).body)
  const statuses: number[] = []
  for (let time = 0; time < 5; time += 1) statuses.push((await postEnrol(target, body)).status)
  expect(statuses.at(-1)).toBe(429)
})

/** One WebSocket upgrade by hand, with the TLS session of an earlier one; a first one waits for its ticket. */
async function upgrade(identity: ScriptedIdentity, session: Buffer | undefined) {
  const socket = connectTls({
    host: '127.0.0.1',
    port: identity.port,
    servername: 'localhost',
    ca: identity.authorityPem,
    cert: identity.answer.certificate,
    key: identity.key.export({ type: 'pkcs8', format: 'pem' }),
    ...(session === undefined ? {} : { session }),
  })
  const ticket = Promise.withResolvers<Buffer>()
  const head = Promise.withResolvers<string>()
  socket.once('session', ticket.resolve)
  socket.once('data', (piece) => head.resolve(piece.toString('latin1')))
  socket.once('error', head.reject)
  socket.once('secureConnect', () => {
    const fields = [
      'GET /link HTTP/1.1',
      'Host: localhost',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
    ]
    socket.write(
      [...fields, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`, '', ''].join(
        '\r\n',
      ),
    )
  })
  const status = Number((await head.promise).split(' ')[1])
  const result = { status, isReused: socket.isSessionReused(), ticket: session ?? (await ticket.promise) }
  socket.destroy()
  return result
}
