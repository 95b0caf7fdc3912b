import { X509Certificate } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemAgentClock } from '@askfirst/agent/consent/agent-clock.ts'
import { loadIdentity } from '@askfirst/agent/identity/identity.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId, GrantId, RequestId, TicketId } from '@askfirst/protocol/ids.ts'
import { newId, systemClock } from '@askfirst/server/clock.ts'
import { runAllowed } from '@askfirst/server/runs/run-allowed.ts'
import type { Run, StoredRequest } from '@askfirst/server/store/entities.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AgentSideUnderTest } from '../support/agent-side.ts'
import { startAgentSide } from '../support/agent-side.ts'
import { RealAgent, until } from '../support/real-agent.ts'
import { firehoseText } from '../support/test-collectors/firehose.ts'

let server: AgentSideUnderTest
const agents: RealAgent[] = []

beforeAll(async () => {
  server = await startAgentSide()
})
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.remove()
})
afterAll(async () => {
  await server.close()
})

async function enrolled(): Promise<RealAgent> {
  const agent = await RealAgent.enrol({
    port: server.port,
    authoritySha256: server.authority.sha256,
    token: await server.token(),
  })
  agents.push(agent)
  return agent
}

async function online(): Promise<{ readonly agent: RealAgent; readonly deviceId: DeviceId }> {
  const agent = await enrolled()
  await agent.start()
  const deviceId = (await (await agent.local()).call('status', {})).deviceId
  await until(
    async () => server.side.link.isOnline(deviceId) && (await server.store.devices.get(deviceId))?.catalogueSha256,
  )
  return { agent, deviceId }
}

async function granted(
  collectors: readonly { readonly id: string; readonly params: Record<string, unknown> }[],
  { review = false, runsAtOnce = false } = {},
) {
  const { agent, deviceId } = await online()
  const ticket = await server.ticketFor(deviceId)
  const stored = await server.side.consent.ask(
    ticket.id,
    { user: server.technician, role: 'technician' },
    {
      deviceId,
      purpose: 'Find out why it is slow',
      collectors,
      durationMs: 600_000,
      answerWithinMs: 600_000,
      personalData: 'pseudonymise',
      runsAtOnce,
    },
  )
  const local = await agent.local()
  await until(async () => (await local.call('requests.list', {})).pending.length > 0)
  const grantId = await agent.approve(stored.id, { review })
  await until(async () => (await server.store.consent.byGrant(grantId)) !== null)
  return { agent, deviceId, ticketId: ticket.id, requestId: stored.id, grantId }
}

async function order(
  given: { readonly ticketId: TicketId; readonly grantId: GrantId; readonly requestId: RequestId },
  collector: string,
  params: Record<string, unknown> = {},
): Promise<Run> {
  const [run] = await server.side.runs.order(given.ticketId, server.technician, {
    grantId: given.grantId,
    runs: [{ collector, params }],
  })
  if (run === undefined) throw new Error('no run was ordered')
  return run
}

const ended = (run: Run) =>
  until(async () => {
    const now = await server.side.runs.get(run.id)
    return now.endedAt === null ? null : now
  })

async function rowsOf(run: Run): Promise<readonly unknown[]> {
  await until(async () => {
    const now = await server.side.runs.get(run.id)
    return now.indexedRows === now.rows
  })
  const rows: unknown[] = []
  for (let after = -1; ; after += 500) {
    const page = await server.side.runs.rows(run.id, {}, { after, limit: 500 })
    rows.push(...page.map(({ json }) => JSON.parse(json)))
    if (page.length < 500) return rows
  }
}

const FIREHOSE = [{ id: 'test.firehose', params: { rows: 100_000 } }]

const spooled = (agent: RealAgent) => readdir(join(agent.config.dataDir, 'spool'))
const deviceState = async (agent: RealAgent) => (await (await agent.local()).call('status', {})).link

describe('agent and server together', () => {
  it('[R2] carry a run from the order to the recorded end, each row once and in order', async () => {
    const given = await granted(FIREHOSE)
    const run = await ended(await order(given, 'test.firehose', { rows: 3_000 }))
    expect(run.completeness).toMatchObject({ state: 'complete', rows: 3_000 })
    expect(await rowsOf(run)).toEqual(Array.from({ length: 3_000 }, (_, n) => ({ n, text: firehoseText(n) })))
    await until(async () => (await spooled(given.agent)).length === 0)
  })

  it('[R15] run what was asked for so as soon as it is allowed, once, however often the answer arrives', async () => {
    const given = await granted([{ id: 'test.firehose', params: { rows: 200 } }], { runsAtOnce: true })
    const ofTicket = () => server.side.runs.listForTicket(given.ticketId)
    const [run] = await until(async () => {
      const runs = await ofTicket()
      return runs.length === 0 ? null : runs
    })
    expect(run).toMatchObject({ grantId: given.grantId, technicianId: server.technician.id, params: { rows: 200 } })
    expect((await ended(run as Run)).completeness).toMatchObject({ state: 'complete', rows: 200 })
    const { jws } = (await server.store.consent.get(given.requestId)) ?? {}
    expect(await server.side.consent.recordReceipt(given.deviceId, given.requestId, jws ?? '')).toEqual({ ok: true })
    expect(await ofTicket()).toHaveLength(1)
  })

  it('[R15] run nothing by themselves that was not asked for so, or whose technician may not any more', async () => {
    const given = await granted([{ id: 'test.firehose', params: { rows: 200 } }])
    expect(await server.side.runs.listForTicket(given.ticketId)).toEqual([])
    const log = { warn: () => undefined } as never
    const order = async () => Promise.reject(new Error('nothing may be ordered here'))
    await runAllowed({ store: server.store, log, runs: { order } }, given.requestId)
    const wanted = { ...(await server.store.consent.get(given.requestId)), runsAtOnce: true } as StoredRequest
    const disabled = { ...server.technician, disabled: true }
    const store = {
      ...server.store,
      consent: { ...server.store.consent, get: async () => wanted },
      users: { ...server.store.users, get: async () => disabled },
    }
    await runAllowed({ store, log, runs: { order } }, given.requestId)
    const told: unknown[] = []
    const refuse = async () => Promise.reject(new AskFirstError('RUN_TOO_MANY', 'too many'))
    const listens = { warn: (fields: unknown) => told.push(fields) } as never
    const works = { ...store, users: server.store.users }
    await runAllowed({ store: works, log: listens, runs: { order: refuse } }, given.requestId)
    expect(told).toMatchObject([{ requestId: given.requestId, code: 'RUN_TOO_MANY' }])
  })

  it('[R6] go on after the connection was cut in the middle of a run, without a lost or doubled row', async () => {
    const given = await granted(FIREHOSE)
    const ordered = await order(given, 'test.firehose', { rows: 60_000 })
    await until(async () => (await server.side.runs.get(ordered.id)).nextSeq > 1)
    server.side.link.disconnect(given.deviceId, 1012, 'a cut for the test')
    const run = await ended(ordered)
    expect(run.completeness).toMatchObject({ state: 'complete', rows: 60_000 })
    const rows = await rowsOf(run)
    expect(rows.length).toBe(60_000)
    expect(rows.every((row, n) => JSON.stringify(row) === JSON.stringify({ n, text: firehoseText(n) }))).toBe(true)
  })

  it('[R7] end a run whose agent restarted, with all rows that were spooled before', async () => {
    const given = await granted(FIREHOSE)
    const ordered = await order(given, 'test.firehose', { rows: 100_000 })
    await until(async () => (await server.side.runs.get(ordered.id)).nextSeq > 0)
    await given.agent.stop()
    await given.agent.start()
    const run = await ended(ordered)
    expect(['RUN_AGENT_RESTARTED', 'complete']).toContain(run.completeness?.code ?? run.completeness?.state)
    const rows = await rowsOf(run)
    expect(rows.length).toBe(run.completeness?.rows)
    expect(rows.every((row, n) => JSON.stringify(row) === JSON.stringify({ n, text: firehoseText(n) }))).toBe(true)
  })

  it('[C12] end a run and delete its rows when the person takes the permission back', async () => {
    const given = await granted([{ id: 'test.hang', params: { count: 10 } }])
    const ordered = await order(given, 'test.hang', { count: 10 })
    await until(async () => (await server.side.runs.get(ordered.id)).state === 'accepted')
    await (await given.agent.local()).call('grants.revoke', { grantId: given.grantId })
    const run = await ended(ordered)
    expect(run.completeness).toMatchObject({ state: 'cancelled', code: 'RUN_REVOKED' })
    await until(async () => (await server.logKinds(given.ticketId)).includes('consent.revoked'))
    await until(async () => (await spooled(given.agent)).length === 0)
    await expect(order(given, 'test.hang', { count: 10 })).rejects.toMatchObject({ code: 'GRANT_REVOKED' })
  })

  it('[C18] send nothing in review before the person says so, and then without the dropped rows', async () => {
    const given = await granted(FIREHOSE, { review: true })
    const ordered = await order(given, 'test.firehose', { rows: 100 })
    await until(async () => (await server.side.runs.get(ordered.id)).state === 'review')
    expect(await server.side.runs.get(ordered.id)).toMatchObject({ nextSeq: 0, rows: 0 })
    const local = await given.agent.local()
    expect(
      (await local.call('review.rows', { runId: ordered.id, after: 98, limit: 10 })).rows.map(({ number }) => number),
    ).toEqual([99, 100])
    expect(await local.call('review.send', { runId: ordered.id, drop: '1-10,50' })).toEqual({ sent: 89, dropped: 11 })
    const run = await ended(ordered)
    expect(run.completeness).toMatchObject({ state: 'complete', rows: 89, droppedInReview: 11 })
    const numbers = (await rowsOf(run)).map((row) => (row as { n: number }).n) // The firehose's rows have it.
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, n) => n).filter((n) => n >= 10 && n !== 49))
  })

  it('[C18] end a run whose rows the person discards, and delete them', async () => {
    const given = await granted(FIREHOSE, { review: true })
    const ordered = await order(given, 'test.firehose', { rows: 100 })
    const local = await given.agent.local()
    await until(async () => (await local.call('review.list', {})).runs.length > 0)
    expect(await local.call('review.discard', { runId: ordered.id })).toEqual({ discarded: 100 })
    const run = await ended(ordered)
    expect(run.completeness).toMatchObject({ state: 'cancelled', code: 'RUN_DISCARDED', rows: 0, droppedInReview: 100 })
    await until(async () => (await spooled(given.agent)).length === 0)
  })

  it('[R2] end a cancelled run once, with what was read before', async () => {
    const given = await granted([{ id: 'test.hang', params: { count: 10 } }])
    const ordered = await order(given, 'test.hang', { count: 10 })
    await until(async () => (await server.side.runs.get(ordered.id)).state === 'accepted')
    await server.side.runs.cancel(ordered.id)
    const run = await ended(ordered)
    expect(run.completeness).toMatchObject({ state: 'cancelled', code: 'RUN_CANCELLED' })
  })

  it('[C7] refuse an order beyond the grant on the device itself', async () => {
    const given = await granted(FIREHOSE)
    const runId = newId('run', systemClock)
    server.side.link.send(given.deviceId, {
      type: 'run.start',
      runId,
      grantId: given.grantId,
      ticketId: given.ticketId,
      technicianId: server.technician.id,
      collector: 'test.firehose',
      params: { rows: 100_001 },
    })
    const history = await until(async () => {
      const { entries } = await (await given.agent.local()).call('history.read', { after: 0, limit: 500 })
      return entries.find(({ kind }) => kind === 'run.refused')
    })
    expect(history.body).toMatchObject({ runId, code: 'GRANT_PARAMS_EXCEEDED' })
  })

  it('[H8] renew the certificate over the session and use it at the next connect', async () => {
    const agent = await enrolled()
    const before = loadIdentity(agent.config.dataDir)
    const life = Date.parse(new X509Certificate(before.certificatePem).validTo) - Date.now()
    await agent.start({ clock: { ...systemAgentClock, wallMs: () => Date.now() + life * 0.8 } })
    const after = await until(() => {
      const now = loadIdentity(agent.config.dataDir)
      return now.certificatePem === before.certificatePem ? null : now
    })
    expect(after.keyPem).toBe(before.keyPem)
    server.side.link.disconnect(after.deviceId, 1012, 'come back with the new one')
    await until(async () => !server.side.link.isOnline(after.deviceId))
    await until(async () => server.side.link.isOnline(after.deviceId))
    expect(await deviceState(agent)).toBe('connected')
  })

  it('[H3] are not brought together by a code that names another authority', async () => {
    const wrong = RealAgent.enrol({
      port: server.port,
      authoritySha256: new Uint8Array(32).fill(1),
      token: await server.token(),
    })
    await expect(wrong).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' })
  })

  it('[H10] keep an enrolled computer where it is unless its administrator replaces the identity', async () => {
    const agent = await enrolled()
    const again = async (replace: boolean) =>
      agent.enrol({ port: server.port, authoritySha256: server.authority.sha256, token: await server.token(), replace })
    await expect(again(false)).rejects.toMatchObject({ code: 'ALREADY_ENROLLED' })
    const before = loadIdentity(agent.config.dataDir)
    const { identity } = await again(true)
    expect(identity.deviceId).toBe(before.deviceId)
    expect(loadIdentity(agent.config.dataDir).keyPem).not.toBe(before.keyPem)
    const keys = (await readdir(agent.config.dataDir)).filter((name) => name.endsWith('.key'))
    expect(keys).toEqual([identity.keyFile])
    expect(statSync(join(agent.config.dataDir, identity.keyFile)).mode & 0o777).toBe(0o600)
  })

  it('[H4] tell the person when the token is not accepted, and leave nothing behind', async () => {
    const agent = new RealAgent(await mkdtemp(join(tmpdir(), 'askfirst-agent-')), {})
    agents.push(agent)
    const token = Buffer.alloc(16, 7).toString('base64url')
    await expect(
      agent.enrol({ port: server.port, authoritySha256: server.authority.sha256, token }),
    ).rejects.toMatchObject({
      code: 'ENROLMENT_CODE_INVALID',
    })
    expect(await readdir(agent.config.dataDir)).toEqual([])
  })
})
