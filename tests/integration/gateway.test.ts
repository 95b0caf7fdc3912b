import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { zstdCompressSync } from 'node:zlib'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { ConsentRecord } from '@askfirst/protocol/consent-record.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import { parseVerifierKey, verifyCheckpoint } from '@askfirst/server/ca/log-signer.ts'
import { isoNow, systemClock } from '@askfirst/server/clock.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AgentSideUnderTest } from '../support/agent-side.ts'
import { startAgentSide } from '../support/agent-side.ts'
import {
  bodyFrame,
  chunkFrame,
  completeness,
  consentRecord,
  enrolmentBody,
  enrolScripted,
  eventRows,
  helloMessage,
  postEnrol,
  rowBytes,
  ScriptedAgent,
  scriptedId,
  signReceipt,
  signRevocation,
} from '../support/scripted-agent.ts'

let server: AgentSideUnderTest
const agents: ScriptedAgent[] = []

beforeAll(async () => {
  server = await startAgentSide()
})
afterAll(async () => {
  for (const agent of agents) agent.close()
  await server.close()
})

const target = () => ({ port: server.port, authorityPem: server.authority.certificatePem })
const enrol = async (approves = true) => enrolScripted(target(), await server.token({ approves }))

async function connect(identity?: Awaited<ReturnType<typeof enrol>>, hello: Partial<MessageNamed<'link.hello'>> = {}) {
  const agent = await ScriptedAgent.connect(identity ?? (await enrol()), hello)
  agents.push(agent)
  return agent
}

const ASKED = [{ id: 'eventlog.query', params: { maxEvents: 100 } }]

async function ask(agent: ScriptedAgent, ticketId?: Awaited<ReturnType<AgentSideUnderTest['ticketFor']>>['id']) {
  const id = ticketId ?? (await server.ticketFor(agent.deviceId)).id
  const stored = await server.side.consent.ask(
    id,
    { user: server.technician, role: 'technician' },
    {
      deviceId: agent.deviceId,
      purpose: 'Find out why it is slow',
      collectors: ASKED,
      durationMs: 600_000,
      answerWithinMs: 600_000,
      personalData: 'pseudonymise',
    },
  )
  return { stored, ticketId: id, request: await agent.next('consent.request') }
}

/** What the technician of these tests asks for. */
const askingFor = (agent: ScriptedAgent, collectors: Parameters<typeof server.side.consent.ask>[2]['collectors']) => ({
  deviceId: agent.deviceId,
  purpose: 'Find out why it is slow',
  collectors,
  durationMs: 600_000,
  answerWithinMs: 600_000,
  personalData: 'pseudonymise' as const,
})

/** An agent with a recorded grant. */
async function granted() {
  const agent = await connect()
  await untilCatalogueKnown(agent)
  const { request, ticketId } = await ask(agent)
  const record = consentRecord(request)
  agent.send({ type: 'consent.receipt', requestId: request.requestId, jws: signReceipt(agent.identity, record) })
  expect((await agent.next('consent.recorded')).outcome).toBe('recorded')
  const grantId = record.decision.grant?.grantId ?? scriptedId('gra')
  return { agent, ticketId, record, grantId, request }
}

async function ordered(params?: Record<string, unknown>) {
  const given = await granted()
  const [run] = await server.side.runs.order(given.ticketId, server.technician, {
    grantId: given.grantId,
    runs: [{ collector: 'eventlog.query', params }],
  })
  if (run === undefined) throw new Error('no run was ordered')
  const start = await given.agent.next('run.start')
  given.agent.send({ type: 'run.accepted', runId: run.id, review: false })
  return { ...given, runId: run.id, start }
}

async function untilCatalogueKnown(agent: ScriptedAgent): Promise<void> {
  await vi(async () => expect((await server.store.devices.get(agent.deviceId))?.catalogueSha256).not.toBeNull())
}

/** Asks again until it holds; bounded. */
async function vi(check: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 8_000
  for (;;) {
    try {
      await check()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

describe('enrolment', () => {
  it('[H4] gives a certificate for a token and a signing request', async () => {
    const identity = await enrol()
    expect(identity.answer.standing).toBe('active')
    expect(server.authority.issued(identity.answer.certificate)).toBe(true)
    expect(parseVerifierKey(identity.answer.logVerifierKey ?? '')).not.toBeNull()
  })

  it('[H5] answers an unknown and a used-up token alike', async () => {
    const token = await server.token()
    await enrolScripted(target(), token)
    const again = await postEnrol(target(), JSON.stringify(enrolmentBody(token).body))
    const unknown = await postEnrol(target(), JSON.stringify(enrolmentBody(randomBytes(16).toString('base64url')).body))
    expect(again).toEqual(unknown)
    expect(again).toMatchObject({
      status: 403,
      type: 'application/problem+json',
      body: { code: 'ENROLMENT_CODE_INVALID' },
    })
  })

  it('[H4] refuses unknown fields, bodies that are too long, other content types, origins, methods and addresses', async () => {
    const { body } = enrolmentBody(await server.token())
    const code = async (text: string, options = {}) => (await postEnrol(target(), text, options)).body
    expect(await code(JSON.stringify({ ...body, extra: 1 }))).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await code('{')).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await code(JSON.stringify({ ...body, osName: 'x'.repeat(20_000) }))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    })
    expect(await code(JSON.stringify(body), { headers: { 'content-type': 'text/plain' } })).toMatchObject({
      code: 'UNSUPPORTED_MEDIA_TYPE',
    })
    expect(await code(JSON.stringify(body), { headers: { origin: 'https://evil.example' } })).toMatchObject({
      code: 'CSRF_REFUSED',
    })
    expect(await code(JSON.stringify(body), { method: 'PUT' })).toMatchObject({ code: 'METHOD_NOT_ALLOWED' })
    expect(await code(JSON.stringify(body), { path: '/' })).toMatchObject({ code: 'NOT_FOUND' })
    expect(
      await code(JSON.stringify({ ...body, csr: `${body.csr.slice(0, 200)}AAAA${body.csr.slice(204)}` })),
    ).toMatchObject({ code: 'CSR_INVALID' })
  })

  it('[H7] keeps the device record of a reinstalled machine and refuses its earlier certificate', async () => {
    const first = await enrol()
    const agent = await connect(first)
    const second = await enrolScripted(target(), await server.token(), first.machineIdHash)
    expect(second.answer.deviceId).toBe(first.answer.deviceId)
    expect((await agent.closed).code).toBe(CLOSE.certificateRevoked)
    expect(await ScriptedAgent.open(first)).toEqual({ status: 0 })
    await connect(second)
  })
})

describe('connecting', () => {
  it('[W1] refuses an upgrade with an Origin, with another subprotocol, or without a certificate', async () => {
    const identity = await enrol()
    expect(await ScriptedAgent.open(identity, { headers: { origin: 'https://evil.example' } })).toEqual({ status: 400 })
    expect(await ScriptedAgent.open(identity, { protocols: ['askfirst.v2'] })).toEqual({ status: 400 })
    expect(await ScriptedAgent.open(identity, { withCertificate: false })).toEqual({ status: 403 })
  })

  it('[W14] replaces the older session of a device', async () => {
    const first = await connect()
    const second = await connect(first.identity)
    expect((await first.closed).code).toBe(CLOSE.replaced)
    second.send({ type: 'link.ping', nonce: 7 })
    expect((await second.next('link.pong')).nonce).toBe(7)
  })

  it('[W5] closes on what is not the protocol and ignores what is newer', async () => {
    const bad = [
      '{',
      '[]',
      '{"type":"link.ping"}',
      '{"type":"link.pong","nonce":1,"clock":"2026-11-22T00:00:00.000Z"}',
      '{"type":"link.ping","nonce":1,"__proto__":{}}',
    ]
    for (const text of bad) {
      const agent = await connect()
      agent.sendText(text)
      expect((await agent.closed).code).toBe(CLOSE.invalidMessage)
    }
    const agent = await connect()
    agent.sendText('{"type":"future.message","x":1}')
    agent.sendText('{"type":"link.ping","nonce":3,"newField":true}')
    expect((await agent.next('link.pong')).nonce).toBe(3)
  })

  it('[W8] closes when the two share no version, and when something comes before the hello', async () => {
    const opened = await ScriptedAgent.open(await enrol())
    if (!('agent' in opened)) throw new Error('refused')
    opened.agent.send(helloMessage({ protocol: { oldest: PROTOCOL_VERSION + 1, newest: PROTOCOL_VERSION + 2 } }))
    expect((await opened.agent.closed).code).toBe(CLOSE.versionMismatch)
    const early = await ScriptedAgent.open(await enrol())
    if (!('agent' in early)) throw new Error('refused')
    early.agent.send({ type: 'agent.catalogue', catalogue: [] })
    expect((await early.agent.closed).code).toBe(CLOSE.invalidMessage)
  })

  it('[L1] closes a connection that floods with messages, and one that sends a frame that is too long', async () => {
    const flood = await connect()
    for (let nonce = 0; nonce < 2_000; nonce += 1) flood.send({ type: 'link.ping', nonce })
    expect((await flood.closed).code).toBe(CLOSE.tooFast)
    const long = await connect()
    long.sendText(' '.repeat(LIMITS.maxTextFrameBytes + 1))
    expect((await long.closed).code).toBe(1009)
  })

  it('[H6] asks a quarantined device for nothing until an admin approves it', async () => {
    const identity = await enrol(false)
    expect(identity.answer.standing).toBe('quarantined')
    const agent = await connect(identity)
    await untilCatalogueKnown(agent)
    const ticket = await server.ticketFor(agent.deviceId)
    const asking = {
      deviceId: agent.deviceId,
      purpose: 'x',
      collectors: ASKED,
      durationMs: 600_000,
      answerWithinMs: 600_000,
      personalData: 'keep',
    } as const
    const caller = { user: server.technician, role: 'technician' } as const
    await expect(server.side.consent.ask(ticket.id, caller, asking)).rejects.toMatchObject({
      code: 'DEVICE_QUARANTINED',
    })
    agent.send({ type: 'run.accepted', runId: scriptedId('run'), review: false })
    expect((await agent.closed).code).toBe(CLOSE.quarantined)
    const audit = {
      at: isoNow(systemClock),
      actor: { kind: 'user', id: 'x', name: 'x' },
      action: 'device.approved',
      subject: agent.deviceId,
      detail: {},
    } as const
    await server.store.devices.setStanding(agent.deviceId, 'active', 'approved', audit)
    await connect(identity)
    await server.side.consent.ask(ticket.id, caller, asking)
  })

  it('[C4] shows the person every parameter, also those that the technician left out', async () => {
    const agent = await connect()
    await untilCatalogueKnown(agent)
    const ticket = await server.ticketFor(agent.deviceId)
    const caller = { user: server.technician, role: 'technician' } as const
    const asking = askingFor(agent, [{ id: 'eventlog.query', params: {} }])
    const stored = await server.side.consent.ask(ticket.id, caller, asking)
    const complete = [{ id: 'eventlog.query', params: { maxEvents: 500, levels: [] } }]
    expect(stored.request.collectors).toEqual(complete)
    expect((await agent.next('consent.request')).collectors).toEqual(complete)
  })

  it('[C4] does not ask for one collector twice in a request', async () => {
    const agent = await connect()
    await untilCatalogueKnown(agent)
    const ticket = await server.ticketFor(agent.deviceId)
    const caller = { user: server.technician, role: 'technician' } as const
    const asking = askingFor(agent, [...ASKED, { id: 'eventlog.query', params: {} }])
    await expect(server.side.consent.ask(ticket.id, caller, asking)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await server.side.consent.listForTicket(ticket.id)).toEqual([])
  })

  it('[H9] closes the live session of a revoked device and refuses it afterwards, resumed or not', async () => {
    const identity = await enrol()
    const tls = new Agent({ maxCachedSessions: 10 })
    const opened = await ScriptedAgent.open(identity, { agent: tls })
    if (!('agent' in opened)) throw new Error('refused')
    opened.agent.send(helloMessage())
    await opened.agent.next('link.welcome')
    const id = identity.answer.deviceId
    const audit = {
      at: isoNow(systemClock),
      actor: { kind: 'user', id: 'x', name: 'x' },
      action: 'certificate.revoked',
      subject: id,
      detail: {},
    } as const
    await server.store.devices.revokeCertificates(id, { at: isoNow(systemClock), reason: 'device-revoked', audit })
    // Before the list is made again TLS itself would still let it in: the store says no.
    expect(await ScriptedAgent.open(identity, { agent: tls })).toEqual({ status: 403 })
    await server.side.gateway.refresh()
    expect((await opened.agent.closed).code).toBe(CLOSE.certificateRevoked)
    // From here on the connection ends with the handshake; nothing is answered.
    expect(await ScriptedAgent.open(identity, { agent: tls })).toEqual({ status: 0 })
    expect(await ScriptedAgent.open(identity)).toEqual({ status: 0 })
  })

  it('[H8] renews a certificate for the same device over its session', async () => {
    const agent = await connect()
    agent.send({ type: 'certificate.renew', csr: enrolmentBody('x').body.csr })
    const { certificate } = await agent.next('certificate.issued')
    expect(server.authority.issued(certificate)).toBe(true)
    agent.send({ type: 'certificate.renew', csr: 'x'.repeat(100) })
    expect((await agent.next('certificate.refused')).code).toBeDefined()
  })
})

describe('consent', () => {
  it('[C11] records a receipt before a run can be ordered under it', async () => {
    const agent = await connect()
    await untilCatalogueKnown(agent)
    const { request, ticketId } = await ask(agent)
    const record = consentRecord(request)
    const grantId = record.decision.grant?.grantId ?? scriptedId('gra')
    const order = () =>
      server.side.runs.order(ticketId, server.technician, { grantId, runs: [{ collector: 'eventlog.query' }] })
    await expect(order()).rejects.toMatchObject({ code: 'GRANT_UNKNOWN' })
    agent.send({ type: 'consent.seen', requestId: request.requestId, state: 'shown' })
    agent.send({ type: 'consent.receipt', requestId: request.requestId, jws: signReceipt(agent.identity, record) })
    await agent.next('consent.recorded')
    expect(await server.logKinds(ticketId)).toEqual(['ticket.opened', 'consent.requested', 'consent.receipt'])
    await order()
    expect((await agent.next('run.start')).params).toEqual({ maxEvents: 100, levels: [] })
  })

  const forgeries: Record<string, (record: ConsentRecord) => unknown> = {
    'another request': (r) => ({ ...r, header: { ...r.header, requestId: scriptedId('crq') } }),
    'another match code': (r) => ({
      ...r,
      processing: { ...r.processing, notice: { ...r.processing.notice, matchCode: '2222' } },
    }),
    'another text of the request': (r) => ({
      ...r,
      processing: { ...r.processing, notice: { ...r.processing.notice, requestSha256: '0'.repeat(64) } },
    }),
    'another ticket': (r) => ({ ...r, processing: { ...r.processing, ticketId: scriptedId('tkt') } }),
    'another purpose': (r) => ({ ...r, processing: { ...r.processing, purpose: 'something else' } }),
    'another retention': (r) => ({
      ...r,
      processing: { ...r.processing, storage: { ...r.processing.storage, retentionDays: 1 } },
    }),
    'another technician': (r) => ({
      ...r,
      parties: { ...r.parties, recipient: { ...r.parties.recipient, id: scriptedId('usr') } },
    }),
    'another device': (r) => ({ ...r, parties: { ...r.parties, principal: { deviceId: scriptedId('dev') } } }),
    'an unknown field': (r) => ({ ...r, extra: true }),
    'a time long before the certificate': (r) => ({
      ...r,
      events: [{ event: 'answered', at: '2020-01-01T00:00:00.000Z' }],
    }),
    'a yes without a grant': (r) => ({ ...r, decision: { state: 'given', method: 'terminal' } }),
    'a no with a grant': (r) => ({ ...r, decision: { ...r.decision, state: 'refused' } }),
    'a longer grant': (r) => withGrant(r, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() }),
    'a grant for another technician': (r) => withGrant(r, { technicianId: scriptedId('usr') }),
    'a grant that keeps personal data': (r) => withGrant(r, { personalData: 'keep' }),
    'a collector that was not asked for': (r) => withGrant(r, { collectors: [{ id: 'process.list', params: {} }] }),
    'a collector twice': (r) => withGrant(r, { collectors: [...ASKED, ...ASKED] }),
    'wider parameters': (r) => withGrant(r, { collectors: [{ id: 'eventlog.query', params: { maxEvents: 101 } }] }),
    'a parameter that does not exist': (r) =>
      withGrant(r, { collectors: [{ id: 'eventlog.query', params: { maxEvents: 10, path: '/' } }] }),
  }

  it.each(Object.entries(forgeries))('[C11] refuses a receipt with %s', async (_name, forge) => {
    const agent = await shared()
    const { request, ticketId, stored } = await ask(agent)
    const jws = signReceipt(agent.identity, forge(consentRecord(request)))
    agent.send({ type: 'consent.receipt', requestId: request.requestId, jws })
    expect(await agent.next('consent.recorded')).toMatchObject({ outcome: 'refused', code: 'RECEIPT_INVALID' })
    expect(await server.logKinds(ticketId)).toEqual(['ticket.opened', 'consent.requested'])
    await server.side.consent.withdraw(ticketId, stored.id, { kind: 'user', id: 'x', name: 'x' })
  })

  it('[C11] refuses signatures of other keys, of other bytes and of other forms', async () => {
    const agent = await shared()
    const { request, ticketId, stored } = await ask(agent)
    const record = consentRecord(request)
    const jws = signReceipt(agent.identity, record)
    const [header = '', payload = '', signature = ''] = jws.split('.')
    const encode = (text: string) => Buffer.from(text).toString('base64url')
    const stranger = await enrol()
    const wrong = [
      signReceipt(stranger, record),
      signReceipt({ ...agent.identity, key: stranger.key }, record),
      `${header}.${encode(canonicalJson({ ...record, x: 1 }))}.${signature}`,
      `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
      `${encode('{"alg":"none","typ":"askfirst-consent+jws"}')}.${payload}.${signature}`,
      `${encode(Buffer.from(header, 'base64url').toString().replace('ES256', 'HS256'))}.${payload}.${signature}`,
      `${encode(` ${Buffer.from(header, 'base64url').toString()}`)}.${payload}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      signRevocation(agent.identity, record),
    ]
    for (const forged of wrong) {
      agent.send({ type: 'consent.receipt', requestId: request.requestId, jws: forged })
      expect(await agent.next('consent.recorded')).toMatchObject({ outcome: 'refused', code: 'RECEIPT_INVALID' })
    }
    expect(await server.logKinds(ticketId)).toEqual(['ticket.opened', 'consent.requested'])
    await server.side.consent.withdraw(ticketId, stored.id, { kind: 'user', id: 'x', name: 'x' })
  })

  it('[C9] takes a grant that is narrower than what was asked, once', async () => {
    const agent = await shared()
    const { request, ticketId } = await ask(agent)
    const record = consentRecord(request, {
      collectors: [{ id: 'eventlog.query', params: { maxEvents: 10, levels: ['error'] } }],
    })
    const jws = signReceipt(agent.identity, record)
    for (let time = 0; time < 2; time += 1) {
      agent.send({ type: 'consent.receipt', requestId: request.requestId, jws })
      expect((await agent.next('consent.recorded')).outcome).toBe('recorded')
    }
    agent.send({
      type: 'consent.receipt',
      requestId: request.requestId,
      jws: signReceipt(agent.identity, consentRecord(request)),
    })
    expect(await agent.next('consent.recorded')).toMatchObject({ outcome: 'refused', code: 'REQUEST_CLOSED' })
    expect(await server.logKinds(ticketId)).toEqual(['ticket.opened', 'consent.requested', 'consent.receipt'])
    const order = (params: Record<string, unknown>) =>
      server.side.runs.order(ticketId, server.technician, {
        grantId: record.decision.grant?.grantId ?? scriptedId('gra'),
        runs: [{ collector: 'eventlog.query', params }],
      })
    await expect(order({ maxEvents: 11, levels: ['error'] })).rejects.toMatchObject({ code: 'GRANT_PARAMS_EXCEEDED' })
    await expect(order({ levels: [] })).rejects.toMatchObject({ code: 'GRANT_PARAMS_EXCEEDED' })
    await order({ maxEvents: 5, levels: ['error'] })
    // What is left out is as the person allowed it, never the schema's wider default.
    const [run] = await order({})
    expect(run?.params).toEqual({ maxEvents: 10, levels: ['error'] })
  })

  it('[C13] ties a grant to its technician and ends it when the ticket changes hands', async () => {
    const { ticketId, grantId, agent } = await granted()
    const other = await server.user('lead')
    const order = (user: typeof other) =>
      server.side.runs.order(ticketId, user, { grantId, runs: [{ collector: 'eventlog.query' }] })
    await expect(order(other)).rejects.toMatchObject({ code: 'GRANT_OTHER_TECHNICIAN' })
    const ticket = await server.store.tickets.get(ticketId)
    const log = {
      ticketId,
      at: isoNow(systemClock),
      actor: { kind: 'user', id: other.id, name: other.name },
      kind: 'ticket.changed',
      body: {},
    } as const
    await server.store.tickets.change(
      ticketId,
      ticket?.version ?? 0,
      { assigneeId: other.id, updatedAt: isoNow(systemClock) },
      log,
    )
    await server.side.consent.ticketChanged(ticketId)
    expect((await agent.next('consent.withdraw')).reason).toBe('reassigned')
    await expect(order(server.technician)).rejects.toMatchObject({ code: 'GRANT_WITHDRAWN' })
    const asking = {
      deviceId: agent.deviceId,
      purpose: 'x',
      collectors: ASKED,
      durationMs: 600_000,
      answerWithinMs: 600_000,
      personalData: 'keep',
    } as const
    await server.side.consent.ask(ticketId, { user: other, role: 'lead' }, asking)
    expect((await agent.next('consent.request')).replaces).toMatchObject({ grantId, why: 'reassignment' })
  })

  it('[C12] records a revocation and ends the runs of the grant', async () => {
    const { agent, record, grantId, ticketId, runId } = await ordered()
    agent.send({ type: 'consent.revocation', grantId, jws: signRevocation(agent.identity, record) })
    expect((await agent.next('consent.recorded')).outcome).toBe('recorded')
    expect((await server.side.runs.get(runId)).completeness).toMatchObject({ state: 'cancelled', code: 'RUN_REVOKED' })
    expect(await server.logKinds(ticketId)).toContain('consent.revoked')
    await expect(
      server.side.runs.order(ticketId, server.technician, { grantId, runs: [{ collector: 'eventlog.query' }] }),
    ).rejects.toMatchObject({ code: 'GRANT_REVOKED' })
  })

  it('[C5] refuses to ask for what the device does not have or with parameters that it does not know', async () => {
    const agent = await shared()
    const ticket = await server.ticketFor(agent.deviceId)
    const asking = (collectors: { id: string; params: Record<string, unknown> }[]) =>
      server.side.consent.ask(
        ticket.id,
        { user: server.technician, role: 'technician' },
        {
          deviceId: agent.deviceId,
          purpose: 'x',
          collectors,
          durationMs: 600_000,
          answerWithinMs: 600_000,
          personalData: 'keep',
        },
      )
    await expect(asking([{ id: 'shell.run', params: {} }])).rejects.toMatchObject({ code: 'COLLECTOR_UNKNOWN' })
    await expect(asking([{ id: 'eventlog.query', params: { maxEvents: 0 } }])).rejects.toMatchObject({
      code: 'PARAMS_INVALID',
    })
    await expect(asking([{ id: 'eventlog.query', params: { path: '/etc' } }])).rejects.toMatchObject({
      code: 'PARAMS_INVALID',
    })
    await expect(asking([...ASKED, ...ASKED])).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  })

  it('[G7] hands the device checkpoints that its verifier key verifies', async () => {
    const { agent, ticketId } = await granted()
    const key = parseVerifierKey(agent.identity.answer.logVerifierKey ?? '')
    if (key === null) throw new Error('no verifier key')
    await vi(async () => {
      const checkpoints = agent.received.filter(
        (message) => message.type === 'log.checkpoint' && message.ticketId === ticketId,
      )
      const last = checkpoints.at(-1)
      const stated = last?.type === 'log.checkpoint' ? verifyCheckpoint(last.note, key.keyName, key.publicKey) : null
      expect(stated).toMatchObject(await server.store.log.head(ticketId))
    })
  })
})

describe('runs', () => {
  it('[R3] stores chunks in order, indexes their rows and records the end', async () => {
    const { agent, runId, ticketId } = await ordered()
    agent.sendFrame(chunkFrame(runId, { seq: 0, firstRow: 0 }, eventRows(10)))
    agent.sendFrame(chunkFrame(runId, { seq: 1, firstRow: 10 }, eventRows(5, 10)))
    agent.send({
      type: 'run.end',
      runId,
      completeness: completeness({ rows: 15, chunks: 2, bytes: rowBytes(eventRows(15)) }),
    })
    expect((await agent.next('run.recorded')).runId).toBe(runId)
    await vi(async () => expect((await server.side.runs.get(runId)).indexedRows).toBe(15))
    const errors = await server.side.runs.rows(runId, { levels: ['error'], q: 'number' }, { after: -1, limit: 3 })
    expect(errors.map(({ n, provider }) => [n, provider])).toEqual([
      [0, 'disk'],
      [2, 'disk'],
      [4, 'disk'],
    ])
    expect(await server.logKinds(ticketId)).toEqual([
      'ticket.opened',
      'consent.requested',
      'consent.receipt',
      'run.ordered',
      'run.accepted',
      'run.ended',
    ])
  })

  it('[R4] acknowledges a chunk that comes again without storing it again', async () => {
    const { agent, runId } = await ordered()
    const frame = chunkFrame(runId, { seq: 0, firstRow: 0 }, eventRows(10))
    agent.sendFrame(frame)
    expect((await agent.next('chunk.ack')).nextSeq).toBe(1)
    agent.sendFrame(frame)
    expect((await agent.next('chunk.ack')).nextSeq).toBe(1)
    expect((await server.side.runs.get(runId)).rows).toBe(10)
  })

  const spoilers: Record<string, { readonly frame: (runId: string) => Uint8Array; readonly code: string }> = {
    'a gap in its numbers': {
      frame: (id) => chunkFrame(id, { seq: 1, firstRow: 0 }, eventRows(1)),
      code: 'CHUNK_OUT_OF_ORDER',
    },
    'a gap in its rows': {
      frame: (id) => chunkFrame(id, { seq: 0, firstRow: 5 }, eventRows(1)),
      code: 'CHUNK_OUT_OF_ORDER',
    },
    'a wrong hash': {
      frame: (id) => chunkFrame(id, { seq: 0, firstRow: 0 }, eventRows(1), { sha256: new Uint8Array(32) }),
      code: 'CHUNK_HASH_MISMATCH',
    },
  }
  it.each(Object.entries(spoilers))('[R3] refuses a chunk with %s and ends its run', async (_name, { frame, code }) => {
    const { agent, runId } = await ordered()
    agent.sendFrame(frame(runId))
    expect(await agent.next('chunk.nack')).toMatchObject({ runId, code })
    await vi(async () =>
      expect((await server.side.runs.get(runId)).completeness).toMatchObject({ state: 'error', code }),
    )
    expect((await server.side.runs.get(runId)).rows).toBe(0)
  })

  const bomb = zstdCompressSync(Buffer.alloc(64 * 1_048_576, 0x20))
  const lies: Record<string, (runId: string) => Uint8Array> = {
    'more bytes than it says (a bomb)': (id) =>
      bodyFrame(id, { seq: 0, firstRow: 0 }, bomb, { rows: 1, rawBytes: 100 }),
    'the largest bomb': (id) =>
      bodyFrame(id, { seq: 0, firstRow: 0 }, bomb, { rows: 1, rawBytes: LIMITS.maxChunkRawBytes }),
    'fewer rows than it says': (id) => chunkFrame(id, { seq: 0, firstRow: 0 }, eventRows(2), { rows: 3 }),
    'no zstd at all': (id) =>
      bodyFrame(id, { seq: 0, firstRow: 0 }, Buffer.from('{"a":1}\n'), { rows: 1, rawBytes: 8 }),
    'rows that are no objects': (id) =>
      bodyFrame(id, { seq: 0, firstRow: 0 }, zstdCompressSync(Buffer.from('[1,2]\n')), { rows: 1, rawBytes: 6 }),
    'bytes that are no UTF-8': (id) =>
      bodyFrame(id, { seq: 0, firstRow: 0 }, zstdCompressSync(Buffer.from([0x22, 0xff, 0x22, 0x0a])), {
        rows: 1,
        rawBytes: 4,
      }),
    'a row that is too long': (id) =>
      chunkFrame(id, { seq: 0, firstRow: 0 }, [{ message: 'x'.repeat(LIMITS.maxRowBytes) }]),
  }
  it.each(Object.entries(lies))('[R12] ends a run visibly whose chunk holds %s', async (_name, frame) => {
    const { agent, runId, ticketId } = await ordered()
    agent.sendFrame(frame(runId))
    await vi(async () =>
      expect((await server.side.runs.get(runId)).completeness).toMatchObject({
        state: 'error',
        code: 'CHUNK_BODY_INVALID',
      }),
    )
    await expect(server.side.runs.rows(runId, {}, { after: -1, limit: 10 })).rejects.toMatchObject({
      code: 'RUN_ROWS_WITHHELD',
    })
    expect(await server.logKinds(ticketId)).toContain('run.ended')
    await vi(async () =>
      expect(await server.store.audit.read(0, 10, { action: 'run.spoiled', subject: runId })).toHaveLength(1),
    )
    agent.send({ type: 'link.ping', nonce: 1 })
    await agent.next('link.pong')
  })

  it('[R4] refuses chunks of another device and of no run, and stores nothing of them', async () => {
    const { runId } = await ordered()
    const thief = await connect()
    thief.sendFrame(chunkFrame(runId, { seq: 0, firstRow: 0 }, eventRows(1)))
    expect((await thief.next('chunk.nack')).code).toBe('CHUNK_RUN_CLOSED')
    thief.sendFrame(chunkFrame(scriptedId('run'), { seq: 0, firstRow: 0 }, eventRows(1)))
    expect((await thief.next('chunk.nack')).code).toBe('CHUNK_RUN_CLOSED')
    thief.send({ type: 'run.end', runId, completeness: completeness({}) })
    thief.send({ type: 'run.refused', runId, code: 'GRANT_UNKNOWN', detail: 'no' })
    thief.send({ type: 'link.ping', nonce: 1 })
    await thief.next('link.pong')
    expect(await server.side.runs.get(runId)).toMatchObject({ rows: 0, endedAt: null })
  })

  it('[W10] closes a connection whose frame has no valid header', async () => {
    const { agent, runId } = await ordered()
    const frame = chunkFrame(runId, { seq: 0, firstRow: 0 }, eventRows(1))
    frame[91] = 1
    agent.sendFrame(frame)
    expect((await agent.closed).code).toBe(CLOSE.invalidMessage)
  })

  it('[R6] says after a reconnect where each run goes on, and ends those that the device lost', async () => {
    const { agent, runId } = await ordered()
    agent.sendFrame(chunkFrame(runId, { seq: 0, firstRow: 0 }, eventRows(3)))
    await agent.next('chunk.ack')
    agent.close()
    const opened = await ScriptedAgent.open(agent.identity)
    if (!('agent' in opened)) throw new Error('refused')
    const foreign = scriptedId('run')
    opened.agent.send(
      helloMessage({
        openRuns: [
          { runId, nextSeq: 2, ended: false },
          { runId: foreign, nextSeq: 1, ended: true },
        ],
      }),
    )
    const welcome = await opened.agent.next('link.welcome')
    expect(welcome.resume).toEqual([
      { runId, nextSeq: 1, state: 'wanted' },
      { runId: foreign, nextSeq: 0, state: 'unknown' },
    ])
    opened.agent.close()
    await connect(agent.identity)
    await vi(async () =>
      expect((await server.side.runs.get(runId)).completeness).toMatchObject({
        state: 'error',
        code: 'RUN_LOST',
        rows: 3,
      }),
    )
  })

  it('[R2] sends an order again that never reached the device, and waits with the end until all chunks are there', async () => {
    const { agent, runId } = await ordered()
    const end = completeness({ rows: 4, chunks: 2, bytes: rowBytes(eventRows(4)) })
    agent.send({ type: 'run.end', runId, completeness: end })
    agent.sendFrame(chunkFrame(runId, { seq: 0, firstRow: 0 }, eventRows(2)))
    await agent.next('chunk.ack')
    expect((await server.side.runs.get(runId)).endedAt).toBeNull()
    agent.sendFrame(chunkFrame(runId, { seq: 1, firstRow: 2 }, eventRows(2, 2)))
    await agent.next('chunk.ack')
    agent.send({ type: 'run.end', runId, completeness: end })
    await agent.next('run.recorded')
    agent.send({ type: 'run.end', runId, completeness: end })
    await agent.next('run.recorded')
    expect((await server.side.runs.get(runId)).state).toBe('complete')
  })

  it('[R8] does not believe a completeness record that says other than what is stored', async () => {
    const { agent, runId } = await ordered()
    agent.sendFrame(chunkFrame(runId, { seq: 0, firstRow: 0 }, eventRows(2)))
    agent.send({ type: 'run.end', runId, completeness: completeness({ rows: 1, chunks: 1 }) })
    await agent.next('run.recorded')
    expect((await server.side.runs.get(runId)).completeness).toMatchObject({
      state: 'error',
      code: 'CHUNK_BODY_INVALID',
      rows: 2,
    })
  })

  it('[R2] cancels a run of a device that is away at once, and asks one that is there', async () => {
    const { agent, runId } = await ordered()
    await server.side.runs.cancel(runId)
    expect((await agent.next('run.cancel')).runId).toBe(runId)
    expect((await server.side.runs.get(runId)).endedAt).toBeNull()
    agent.close()
    await vi(async () => expect(server.side.link.isOnline(agent.deviceId)).toBe(false))
    expect((await server.side.runs.cancel(runId)).state).toBe('cancelled')
  })
})

let sharedAgent: Promise<ScriptedAgent> | undefined
/** One agent for the tests that only need some agent with a known catalogue. */
function shared(): Promise<ScriptedAgent> {
  sharedAgent ??= connect().then(async (agent) => {
    await untilCatalogueKnown(agent)
    return agent
  })
  return sharedAgent
}

function withGrant(record: ConsentRecord, change: object): unknown {
  return { ...record, decision: { ...record.decision, grant: { ...record.decision.grant, ...change } } }
}
