import type { DeviceId, RunId, TicketId } from '@askfirst/protocol/ids.ts'
import { createInProcessBus } from '@askfirst/server/bus/in-process.ts'
import { systemClock } from '@askfirst/server/clock.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AgentSideUnderTest } from '../support/agent-side.ts'
import { startAgentSide } from '../support/agent-side.ts'
import { until } from '../support/real-agent.ts'
import {
  completeness,
  consentRecord,
  enrolScripted,
  helloMessage,
  ScriptedAgent,
  signReceipt,
} from '../support/scripted-agent.ts'

const MINUTE_MS = 60_000
let server: AgentSideUnderTest
let aheadMs = 0
const agents: ScriptedAgent[] = []

beforeAll(async () => {
  server = await startAgentSide({ clock: { now: () => systemClock.now() + aheadMs } })
})
afterAll(async () => {
  for (const agent of agents) agent.close()
  await server.close()
})

/** Does something while the server's clock is ahead, then sets it right again. */
async function later<Result>(minutes: number, act: () => Promise<Result>): Promise<Result> {
  aheadMs = minutes * MINUTE_MS
  try {
    return await act()
  } finally {
    aheadMs = 0
  }
}

async function connect(): Promise<ScriptedAgent> {
  const target = { port: server.port, authorityPem: server.authority.certificatePem }
  const agent = await ScriptedAgent.connect(await enrolScripted(target, await server.token()))
  agents.push(agent)
  await until(async () => (await server.store.devices.get(agent.deviceId))?.catalogueSha256)
  return agent
}

/** A request that an agent has, which may be answered for ten minutes and would last for ten more. */
async function asked() {
  const agent = await connect()
  const { id: ticketId } = await server.ticketFor(agent.deviceId)
  const stored = await server.side.consent.ask(
    ticketId,
    { user: server.technician, role: 'technician' },
    {
      deviceId: agent.deviceId,
      purpose: 'Find out why it is slow',
      collectors: [{ id: 'eventlog.query', params: { maxEvents: 100 } }],
      durationMs: 10 * MINUTE_MS,
      answerWithinMs: 10 * MINUTE_MS,
      personalData: 'pseudonymise',
    },
  )
  return { agent, ticketId, stored, request: await agent.next('consent.request') }
}

async function ordered() {
  const given = await asked()
  const { agent, ticketId, request } = given
  const record = consentRecord(request)
  agent.send({ type: 'consent.receipt', requestId: request.requestId, jws: signReceipt(agent.identity, record) })
  expect(await agent.next('consent.recorded')).toMatchObject({ outcome: 'recorded' })
  const { grant } = record.decision
  if (grant === undefined) throw new Error('A plain yes carries a grant')
  const [run] = await server.side.runs.order(ticketId, server.technician, {
    grantId: grant.grantId,
    runs: [{ collector: 'eventlog.query' }],
  })
  if (run === undefined) throw new Error('no run was ordered')
  await agent.next('run.start')
  return { ...given, runId: run.id }
}

async function accepted() {
  const given = await ordered()
  given.agent.send({ type: 'run.accepted', runId: given.runId, review: false })
  await until(async () => (await state(given.runId)).state === 'accepted')
  return given
}

const state = (runId: RunId) => server.side.runs.get(runId)
const sweep = () => server.side.overdue.sweep()
const requestState = async (ticketId: TicketId) => (await server.side.consent.listForTicket(ticketId)).at(-1)
const offline = (deviceId: DeviceId) => until(() => !server.side.link.isOnline(deviceId))

describe('a request that nobody answers', () => {
  it('[C2] is taken back ten minutes after its time when the device is gone, and the log says so', async () => {
    const { agent, ticketId } = await asked()
    agent.close()
    await offline(agent.deviceId)
    await later(19, sweep)
    expect(await requestState(ticketId)).toMatchObject({ state: 'asked' })
    await later(21, sweep)
    expect(await requestState(ticketId)).toMatchObject({ state: 'withdrawn', stateReason: 'expired', grant: null })
    expect(await server.logKinds(ticketId)).toEqual(['ticket.opened', 'consent.requested', 'consent.withdrawn'])
    await later(60, sweep)
    expect(await server.logKinds(ticketId)).toHaveLength(3)
  })

  it('[C2] [C14] still gets the answer that the device signed in time, and a permission in it has ended', async () => {
    const { agent, ticketId, request } = await asked()
    await later(21, sweep)
    expect(await agent.next('consent.withdraw')).toMatchObject({ requestId: request.requestId, reason: 'expired' })
    const jws = signReceipt(agent.identity, consentRecord(request))
    agent.send({ type: 'consent.receipt', requestId: request.requestId, jws })
    expect(await agent.next('consent.recorded')).toMatchObject({ outcome: 'recorded' })
    expect(await requestState(ticketId)).toMatchObject({ state: 'given', grantEndReason: 'withdrawn' })
    expect(await server.logKinds(ticketId)).toContain('consent.receipt')
  })

  it('[C2] is found after a restart as well', async () => {
    const { agent, ticketId } = await asked()
    agent.close()
    await offline(agent.deviceId)
    aheadMs = 30 * MINUTE_MS
    const second = await startAgentSide({
      store: server.store,
      clock: { now: () => systemClock.now() + 30 * MINUTE_MS },
      bus: createInProcessBus((error) => {
        throw error
      }),
    })
    aheadMs = 0
    await until(async () => (await requestState(ticketId))?.state === 'withdrawn')
    await second.side.close()
  })
})

describe('a run whose permission is over', () => {
  it('[R2] ends as lost when its device never says how it ended', async () => {
    const { agent, runId, ticketId } = await accepted()
    agent.close()
    await offline(agent.deviceId)
    await later(19, sweep)
    expect(await state(runId)).toMatchObject({ state: 'accepted', endedAt: null })
    await later(21, sweep)
    expect(await state(runId)).toMatchObject({ state: 'error', completeness: { code: 'RUN_LOST', rows: 0 } })
    expect((await server.logKinds(ticketId)).filter((kind) => kind === 'run.ended')).toHaveLength(1)
  })

  it('[R2] ends as cancelled when its device never took the order', async () => {
    const { agent, runId } = await ordered()
    await later(21, sweep)
    expect(await state(runId)).toMatchObject({ state: 'cancelled', completeness: { code: 'GRANT_EXPIRED' } })
    expect(await agent.next('run.cancel')).toMatchObject({ runId })
    agent.send({ type: 'run.end', runId, completeness: completeness({ state: 'cancelled', code: 'GRANT_EXPIRED' }) })
    expect(await agent.next('run.recorded')).toMatchObject({ runId })
    expect(await state(runId)).toMatchObject({ state: 'cancelled' })
  })
})

describe('a run that its device took for a repeated order', () => {
  it('[R1] [R2] ends as lost at once, and an acceptance that comes too late does not revive it', async () => {
    const { agent, runId } = await ordered()
    agent.send({ type: 'run.refused', runId, code: 'RUN_DUPLICATE', detail: 'seen before' })
    await until(async () => (await state(runId)).state !== 'ordered')
    agent.send({ type: 'run.accepted', runId, review: false })
    agent.send({ type: 'link.ping', nonce: 1 })
    await agent.next('link.pong')
    await sweep()
    expect(await state(runId)).toMatchObject({ state: 'error', completeness: { code: 'RUN_LOST' } })
  })

  it('[R1] goes on when the device had accepted it before', async () => {
    const { agent, runId } = await ordered()
    agent.send({ type: 'run.accepted', runId, review: false })
    await until(async () => (await state(runId)).state === 'accepted')
    agent.send({ type: 'run.refused', runId, code: 'RUN_DUPLICATE', detail: 'seen before' })
    agent.send({ type: 'link.ping', nonce: 1 })
    await agent.next('link.pong')
    await later(5, sweep)
    expect(await state(runId)).toMatchObject({ state: 'accepted', endedAt: null })
  })

  it('[R2] is not sent twice to a device that connects while it is ordered', async () => {
    const { agent, runId } = await ordered()
    const again = await ScriptedAgent.open(agent.identity)
    if (!('agent' in again)) throw new Error('refused')
    agents.push(again.agent)
    again.agent.send(helloMessage())
    await again.agent.next('run.start')
    again.agent.send({ type: 'link.ping', nonce: 1 })
    await again.agent.next('link.pong')
    expect(again.agent.received.filter(({ type }) => type === 'run.start')).toEqual([])
    expect(await state(runId)).toMatchObject({ state: 'ordered' })
  })
})
