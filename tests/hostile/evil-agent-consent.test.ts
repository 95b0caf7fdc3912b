import { generateKeyPairSync } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { ConsentRecord, Grant } from '@askfirst/protocol/consent-record.ts'
import { REVOCATION_TYP } from '@askfirst/protocol/consent-record.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { CLOSE } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { CertificateAuthority, createAuthority } from '@askfirst/server/ca/authority.ts'
import { checkGrant } from '@askfirst/server/runs/check-order.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  encoded,
  receiptHeader,
  signedAsDer,
  signedParts,
  signedWithPublicKey,
  thumbprint,
} from '../support/forged-jws.ts'
import type { GrantedAgent, HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import type { ScriptedIdentity } from '../support/scripted-agent.ts'
import {
  consentRecord,
  enrolmentBody,
  type ScriptedAgent,
  scriptedId,
  signReceipt,
  signRevocation,
} from '../support/scripted-agent.ts'

let world: HostileWorld
/** Answers nothing that counts, so that one device serves all forgeries. */
let forger: ScriptedAgent
let stranger: ScriptedIdentity
/** A grant that another device's person gave. */
let foreign: GrantedAgent

beforeAll(async () => {
  world = await startHostileWorld()
  forger = await world.desk.connect()
  stranger = await world.desk.enrol()
  foreign = await world.desk.granted()
})
afterAll(() => world.close())

/** Sends a receipt and says what the server made of it. */
async function deliver(agent: ScriptedAgent, requestId: ConsentRecord['header']['requestId'], jws: string) {
  agent.send({ type: 'consent.receipt', requestId, jws })
  return agent.next('consent.recorded')
}

/** Asks the forger, who answers with a forgery; nothing of it may count. */
async function refuses(forge: (honest: ConsentRecord) => string, code = 'RECEIPT_INVALID'): Promise<void> {
  const { desk } = world
  const { request, ticketId } = await desk.ask(forger)
  try {
    await refusesOne({ request, ticketId }, forge, code)
  } finally {
    await desk.api('DELETE', `/api/tickets/${ticketId}/consent-requests/${request.requestId}`)
    forger.received.length = 0
  }
}

async function refusesOne(
  { request, ticketId }: { readonly request: ConsentRequest; readonly ticketId: TicketId },
  forge: (honest: ConsentRecord) => string,
  code: string,
): Promise<void> {
  const { desk } = world
  const honest = consentRecord(request)
  expect(await deliver(forger, request.requestId, forge(honest))).toMatchObject({ outcome: 'refused', code })
  expect(await desk.logKinds(ticketId)).toEqual(['ticket.opened', 'ticket.changed', 'consent.requested'])
  expect(await world.store.consent.get(request.requestId)).toMatchObject({ state: 'asked', grant: null, jws: null })
  const order = { grantId: honest.decision.grant?.grantId, runs: [{ collector: 'eventlog.query' }] }
  const ordered = await desk.call('POST', `/api/tickets/${ticketId}/runs`, order)
  expect(await ordered.json()).toMatchObject({ code: 'GRANT_UNKNOWN' })
}

const text = (record: unknown) => canonicalJson(record)
const own = () => forger.identity
const withHeader = (change: object) => (record: ConsentRecord) =>
  signedParts(own().key, { ...receiptHeader(own()), ...change }, text(record))

describe('a signature that is not the one of this device over these bytes', () => {
  const forgeries: Record<string, (record: ConsentRecord) => string> = {
    'is made with a key of its own': (r) =>
      signedParts(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, receiptHeader(own()), text(r)),
    "is another device's, with its certificate": (r) => signReceipt(stranger, r),
    "is another device's, under this certificate": (r) => signedParts(stranger.key, receiptHeader(own()), text(r)),
    "is this device's, under another certificate": (r) => signedParts(own().key, receiptHeader(stranger), text(r)),
    'names a certificate of an authority made at home': (r) => signedByHomeAuthority(r),
    'names no certificate': withHeader({ 'x5t#S256': '' }),
    'says alg none': (r) =>
      `${encoded(canonicalJson({ ...receiptHeader(own()), alg: 'none' }))}.${encoded(text(r))}.AA`,
    'says alg None and carries a true signature': withHeader({ alg: 'None' }),
    'is an HMAC with the public key': (r) => signedWithPublicKey(own(), text(r)),
    'says ES384': withHeader({ alg: 'ES384' }),
    'says another typ': withHeader({ typ: 'JWT' }),
    'says that it is a revocation': withHeader({ typ: REVOCATION_TYP }),
    'has no typ': (r) => {
      const { typ: _typ, ...header } = receiptHeader(own())
      return signedParts(own().key, header, text(r))
    },
    'has a critical extension': withHeader({ crit: ['b64'], b64: false }),
    'brings its own key': withHeader({ jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }),
    'brings its own chain': withHeader({ x5c: ['MIIB'] }),
    'names a key by address': withHeader({ jku: 'http://127.0.0.1:1/keys', kid: '../../keys' }),
    'has a header with blanks': (r) => signedParts(own().key, JSON.stringify(receiptHeader(own()), null, 1), text(r)),
    'has a header that is not JSON': (r) => signedParts(own().key, 'alg=ES256', text(r)),
    'has a header twice': (r) =>
      signedParts(own().key, `{"alg":"none",${canonicalJson(receiptHeader(own())).slice(1)}`, text(r)),
    'is nothing but zeros': (r) => tail(signReceipt(own(), r), encoded(new Uint8Array(64))),
    'is one byte long': (r) => tail(signReceipt(own(), r), encoded(new Uint8Array(1))),
    'is DER': (r) => signedAsDer(own().key, receiptHeader(own()), text(r)),
    'has bits to spare': (r) => spareBits(signReceipt(own(), r)),
    'belongs to other bytes': (r) => {
      const [header, , signature] = signReceipt(own(), r).split('.')
      return `${header}.${encoded(text({ ...r, processing: { ...r.processing, purpose: 'all' } }))}.${signature}`
    },
  }
  it.each(Object.entries(forgeries))('[C10] and %s is refused', (_name, forge) => refuses(forge))

  it('[C10] does not hold the server up for others', async () => {
    const honest = world.desk.stillServes()
    const { request } = await world.desk.ask(forger)
    const jws = withHeader({ alg: 'none' })(consentRecord(request))
    for (let time = 0; time < 100; time += 1)
      forger.send({ type: 'consent.receipt', requestId: request.requestId, jws })
    for (let time = 0; time < 100; time += 1) await forger.next('consent.recorded')
    await honest
    // Lets the bucket of control messages fill again.
    forger.close()
    forger = await world.desk.connect(forger.identity)
  })

  it('[W5] closes the connection when it is not even three parts of base64url', async () => {
    const { request } = await world.desk.ask(forger)
    const [header, payload, signature] = signReceipt(own(), consentRecord(request)).split('.')
    const bad = [
      `${header}..${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      'a.b.c.d',
      'a+.b/.c=',
      `${'a'.repeat(70_000)}.b.c`,
    ]
    for (const jws of bad) {
      forger.send({ type: 'consent.receipt', requestId: request.requestId, jws })
      expect((await forger.closed).code).toBe(CLOSE.invalidMessage)
      forger = await world.desk.connect(forger.identity)
    }
    await world.desk.stillServes()
  })
})

describe('a payload that is not the one text of a record', () => {
  const signed = (payload: string | Uint8Array) => signedParts(own().key, receiptHeader(own()), payload)
  const forgeries: Record<string, (record: ConsentRecord) => string> = {
    'has blanks': (r) => signed(JSON.stringify(r, null, 2)),
    'has its keys in another order': (r) => signed(JSON.stringify(Object.fromEntries(Object.entries(r).reverse()))),
    'has a key twice': (r) => signed(`{"decision":{"state":"refused","method":"none"},${text(r).slice(1)}`),
    'writes a letter as an escape': (r) => signed(text(r).replace('"given"', '"\\u0067iven"')),
    'has a byte order mark': (r) => signed(`\ufeff${text(r)}`),
    'is not UTF-8': () => signed(Uint8Array.of(0x22, 0xff, 0x22)),
    'is a list of records': (r) => signed(text([r])),
    'is null': () => signed('null'),
    'is nested a thousand deep': () => signed('['.repeat(1_000) + ']'.repeat(1_000)),
    'has a key that changes objects': (r) => signed(`{"__proto__":${text(r)}}`),
    'has an unknown field': (r) => signed(text({ ...r, also: true })),
    'has an unknown field deep down': (r) => signed(text(withGrant(r, { scope: 'everything' }))),
    'is a record of another schema': (r) =>
      signed(text({ ...r, header: { ...r.header, schema: 'askfirst.consent-record.v2' } })),
  }
  it.each(Object.entries(forgeries))('[C10] and %s is refused', (_name, forge) => refuses(forge))
})

describe('a record that says other than what was asked', () => {
  const notice = (r: ConsentRecord, change: object) => ({
    ...r,
    processing: { ...r.processing, notice: { ...r.processing.notice, ...change } },
  })
  const hour = 3_600_000
  const forgeries: Record<string, (record: ConsentRecord) => unknown> = {
    'another request hash': (r) => notice(r, { requestSha256: 'f'.repeat(64) }),
    'another match code': (r) => notice(r, { matchCode: 'ZZZZ' }),
    'the request of another device': (r) => ({ ...r, header: { ...r.header, requestId: foreign.request.requestId } }),
    'another device': (r) => ({
      ...r,
      parties: { ...r.parties, principal: { ...r.parties.principal, deviceId: stranger.answer.deviceId } },
    }),
    'another organisation': (r) => ({
      ...r,
      parties: { ...r.parties, controller: { name: 'Evil Ltd', contact: 'x' } },
    }),
    'a technician with another role': (r) => ({
      ...r,
      parties: { ...r.parties, recipient: { ...r.parties.recipient, role: 'lead' } },
    }),
    'another destination': (r) => ({
      ...r,
      processing: { ...r.processing, storage: { ...r.processing.storage, destination: 'everywhere' } },
    }),
    'a grant for another device': (r) => withGrant(r, { deviceId: stranger.answer.deviceId }),
    'a grant for another ticket': (r) => withGrant(r, { ticketId: foreign.ticketId }),
    'a grant for another technician': (r) => withGrant(r, { technicianId: scriptedId('usr') }),
    'a grant that lasts a second longer': (r) =>
      withGrant(r, { expiresAt: new Date(Date.parse(String(r.decision.grant?.expiresAt)) + 1_000).toISOString() }),
    'a grant that ends before it begins': (r) =>
      withGrant(r, { expiresAt: new Date(Date.now() - hour).toISOString(), validFrom: new Date().toISOString() }),
    'a grant with a time that does not exist': (r) => withGrant(r, { expiresAt: '2026-13-45T99:99:99.999Z' }),
    'a grant for more events': (r) =>
      withGrant(r, { collectors: [{ id: 'eventlog.query', params: { maxEvents: 10_000 } }] }),
    'a grant for all levels by leaving the bound out': (r) =>
      withGrant(r, { collectors: [{ id: 'eventlog.query', params: {} }] }),
    'a grant for a parameter that nobody knows': (r) =>
      withGrant(r, { collectors: [{ id: 'eventlog.query', params: { maxEvents: 1, file: '/etc/shadow' } }] }),
    'a grant for another collector': (r) => withGrant(r, { collectors: [{ id: 'process.list', params: {} }] }),
    'a grant that keeps what was to be replaced': (r) => withGrant(r, { personalData: 'keep' }),
    "a grant under another device's id": (r) => withGrant(r, { grantId: foreign.grant.grantId }),
    'a time before the certificate': (r) => ({ ...r, events: [{ event: 'answered', at: '2001-01-01T00:00:00.000Z' }] }),
    'a time after the certificate': (r) => ({ ...r, events: [{ event: 'answered', at: '2061-01-01T00:00:00.000Z' }] }),
    'a time that does not exist': (r) => ({ ...r, events: [{ event: 'answered', at: '2026-02-31T25:61:61.000Z' }] }),
    'a yes that nobody gave': (r) => ({ ...r, decision: { ...r.decision, method: 'none' } }),
    'a yes without a grant': (r) => ({ ...r, decision: { state: 'given', method: 'terminal' } }),
    'no answer with a grant': (r) => ({ ...r, decision: { ...r.decision, state: 'no-answer' } }),
  }
  it.each(Object.entries(forgeries))('[C11] such as %s is refused', (_name, forge) =>
    refuses((record) => signReceipt(own(), forge(record))),
  )

  it('[C11] is refused when it is the true receipt of another request of the same device', async () => {
    const earlier = await world.desk.granted()
    const { request, ticketId } = await world.desk.ask(earlier.agent)
    const jws = signReceipt(earlier.agent.identity, earlier.record)
    expect(await deliver(earlier.agent, request.requestId, jws)).toMatchObject({ code: 'RECEIPT_INVALID' })
    expect(await world.desk.logKinds(ticketId)).toEqual(['ticket.opened', 'ticket.changed', 'consent.requested'])
  })

  it('[C11] is refused when its receipt id stands in the log already', async () => {
    await refuses((record) =>
      signReceipt(own(), { ...record, header: { ...record.header, recordId: foreign.record.header.recordId } }),
    )
    await world.desk.stillServes()
  })

  it('[C11] is refused for a request that another device was asked, or that nobody was asked', async () => {
    const { request } = await world.desk.ask(foreign.agent)
    const record = consentRecord(request)
    for (const requestId of [request.requestId, scriptedId('crq')]) {
      const jws = signReceipt(own(), { ...record, header: { ...record.header, requestId } })
      expect(await deliver(forger, requestId, jws)).toMatchObject({ outcome: 'refused', code: 'REQUEST_UNKNOWN' })
    }
    forger.send({ type: 'consent.refused', requestId: request.requestId, code: 'REQUEST_INVALID', detail: 'no' })
    forger.send({ type: 'consent.seen', requestId: request.requestId, state: 'shown' })
    forger.send({ type: 'link.ping', nonce: 1 })
    await forger.next('link.pong')
    expect(await world.store.consent.get(request.requestId)).toMatchObject({ state: 'asked' })
  })
})

describe('answers that contradict each other', () => {
  it('[C11] are recorded once, whichever comes first, also when they come at the same time', async () => {
    const agent = await world.desk.connect()
    for (let round = 0; round < 5; round += 1) {
      const { request, ticketId } = await world.desk.ask(agent)
      const yes = consentRecord(request)
      const { grant: _grant, ...asked } = consentRecord(request).decision
      const no = { ...consentRecord(request), decision: { ...asked, state: 'refused' } }
      const both = [yes, consentRecord(request), no].map((record) => signReceipt(agent.identity, record))
      for (const jws of both) agent.send({ type: 'consent.receipt', requestId: request.requestId, jws })
      const outcomes = [
        await agent.next('consent.recorded'),
        await agent.next('consent.recorded'),
        await agent.next('consent.recorded'),
      ]
      expect(outcomes.map(({ outcome, code }) => code ?? outcome)).toEqual([
        'recorded',
        'REQUEST_CLOSED',
        'REQUEST_CLOSED',
      ])
      const kinds = await world.desk.logKinds(ticketId)
      expect(kinds.filter((kind) => kind === 'consent.receipt')).toHaveLength(1)
    }
    await world.desk.stillServes()
  })

  it('[C14] allow nothing after the desk took the request back; the answer is kept', async () => {
    const { desk } = world
    const agent = await desk.connect()
    const { request, ticketId } = await desk.ask(agent)
    await desk.api('DELETE', `/api/tickets/${ticketId}/consent-requests/${request.requestId}`)
    const record = consentRecord(request)
    expect(await deliver(agent, request.requestId, signReceipt(agent.identity, record))).toMatchObject({
      outcome: 'recorded',
    })
    const order = { grantId: record.decision.grant?.grantId, runs: [{ collector: 'eventlog.query' }] }
    const answer = await desk.call('POST', `/api/tickets/${ticketId}/runs`, order)
    expect(await answer.json()).toMatchObject({ code: 'GRANT_WITHDRAWN' })
  })

  it('[C11] change nothing after the device refused the request', async () => {
    const { desk } = world
    const agent = await desk.connect()
    const { request, ticketId } = await desk.ask(agent)
    const { requestId } = request
    agent.send({ type: 'consent.refused', requestId, code: 'REQUEST_FORBIDDEN_BY_POLICY', detail: 'no' })
    const jws = signReceipt(agent.identity, consentRecord(request))
    expect(await deliver(agent, requestId, jws)).toMatchObject({ code: 'REQUEST_CLOSED' })
    expect(await desk.logKinds(ticketId)).not.toContain('consent.receipt')
  })

  it('[C11] do not count when they are signed with a key that was replaced', async () => {
    const { desk } = world
    const before = await desk.connect()
    const now = await desk.enrol({ machineIdHash: before.identity.machineIdHash })
    const agent = await desk.connect(now)
    const { request, ticketId } = await desk.ask(agent)
    const jws = signReceipt(before.identity, consentRecord(request))
    expect(await deliver(agent, request.requestId, jws)).toMatchObject({ code: 'RECEIPT_INVALID' })
    expect(await desk.logKinds(ticketId)).not.toContain('consent.receipt')
  })

  it('[C11] give a permission that is over when the request says so, however far ahead the device dates it', async () => {
    const { desk } = world
    const agent = await desk.connect()
    const { request, ticketId } = await desk.ask(agent)
    const far = Date.now() + 80 * 86_400_000
    const record = consentRecord(request, {
      validFrom: new Date(far).toISOString(),
      expiresAt: new Date(far + 600_000).toISOString(),
    })
    const jws = signReceipt(agent.identity, record)
    const answer = await deliver(agent, request.requestId, jws)
    const stored = await world.store.consent.get(request.requestId)
    if (answer.outcome === 'refused') return expect(stored?.grant).toBeNull()
    const caller = { ticketId, userId: stored?.technicianId ?? scriptedId('usr'), now: Date.now() + 1_200_001 }
    expect(() => checkGrant(stored, caller)).toThrow(expect.objectContaining({ code: 'GRANT_EXPIRED' }))
  })
})

describe('a revocation', () => {
  const revoke = async (agent: ScriptedAgent, grantId: Grant['grantId'], jws: string) => {
    agent.send({ type: 'consent.revocation', grantId, jws })
    return agent.next('consent.recorded')
  }

  it("[C12] of another device's grant, or of none, is refused", async () => {
    const jws = signRevocation(own(), foreign.record)
    expect(await revoke(forger, foreign.grant.grantId, jws)).toMatchObject({
      outcome: 'refused',
      code: 'GRANT_UNKNOWN',
    })
    expect(await revoke(forger, scriptedId('gra'), jws)).toMatchObject({ outcome: 'refused', code: 'GRANT_UNKNOWN' })
    expect(await world.store.consent.byGrant(foreign.grant.grantId)).toMatchObject({ grantEndedAt: null })
    await world.desk.order(foreign)
  })

  it('[C12] that was signed by another, for another, or as something else is refused and ends nothing', async () => {
    const mine = await world.desk.granted()
    const other = await world.desk.granted(mine.agent)
    const { identity } = mine.agent
    const header = { ...receiptHeader(identity), typ: REVOCATION_TYP }
    const payload = Buffer.from(signRevocation(identity, mine.record).split('.')[1] ?? '', 'base64url').toString()
    const record = JSON.parse(payload) as Record<string, unknown>
    const forged = [
      signRevocation({ ...identity, key: stranger.key }, mine.record),
      signRevocation(stranger, mine.record),
      signRevocation(identity, other.record),
      signReceipt(identity, mine.record),
      signedParts(identity.key, receiptHeader(identity), payload),
      signedParts(identity.key, { ...header, crit: ['exp'] }, payload),
      signedParts(identity.key, header, canonicalJson({ ...record, ticketId: other.ticketId })),
      signedParts(identity.key, header, canonicalJson({ ...record, deviceId: stranger.answer.deviceId })),
      signedParts(identity.key, header, canonicalJson({ ...record, receiptId: other.record.header.recordId })),
      signedParts(identity.key, header, canonicalJson({ ...record, at: '2061-01-01T00:00:00.000Z' })),
      signedParts(identity.key, header, canonicalJson({ ...record, also: [other.grant.grantId] })),
    ]
    for (const [at, jws] of forged.entries())
      expect(await revoke(mine.agent, mine.grant.grantId, jws), String(at)).toMatchObject({ code: 'RECEIPT_INVALID' })
    expect(await world.desk.logKinds(mine.ticketId)).not.toContain('consent.revoked')
    expect(await world.store.consent.byGrant(mine.grant.grantId)).toMatchObject({ grantEndedAt: null })
  })

  it('[C12] counts once however often it comes, and no order goes out afterwards', async () => {
    const { desk } = world
    const mine = await desk.granted()
    const jws = signRevocation(mine.agent.identity, mine.record)
    for (let time = 0; time < 5; time += 1)
      expect(await revoke(mine.agent, mine.grant.grantId, jws)).toMatchObject({ outcome: 'recorded' })
    expect((await desk.logKinds(mine.ticketId)).filter((kind) => kind === 'consent.revoked')).toHaveLength(1)
    const order = { grantId: mine.grant.grantId, runs: [{ collector: 'eventlog.query' }] }
    const answer = await desk.call('POST', `/api/tickets/${mine.ticketId}/runs`, order)
    expect(await answer.json()).toMatchObject({ code: 'GRANT_REVOKED' })
    await desk.stillServes()
  })
})

function withGrant(record: ConsentRecord, change: object): unknown {
  return { ...record, decision: { ...record.decision, grant: { ...record.decision.grant, ...change } } }
}

/** A certificate for this very device, from an authority that the attacker made. */
function signedByHomeAuthority(record: ConsentRecord): string {
  const made = createAuthority('AskFirst', Date.now())
  const { key, body } = enrolmentBody('x')
  const authority = new CertificateAuthority(made.certificatePem, made.key)
  const issued = authority.issueDevice({
    deviceId: forger.deviceId,
    csrPem: body.csr,
    now: Date.now(),
    lifetimeMs: 86_400_000,
  })
  return signedParts(key, { ...receiptHeader(own()), 'x5t#S256': thumbprint(issued.pem) }, text(record))
}

/** The same JWS with another signature. */
function tail(jws: string, signature: string): string {
  return [...jws.split('.').slice(0, 2), signature].join('.')
}

/** Sets bits of the last letter that stand for nothing: the same bytes in another text. */
function spareBits(jws: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(jws.at(-1) ?? 'A')
  return jws.slice(0, -1) + alphabet.charAt(last ^ 1)
}
