import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { SUBPROTOCOL } from '@askfirst/protocol/version.ts'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { AgentSideUnderTest } from '../support/agent-side.ts'
import { startAgentSide } from '../support/agent-side.ts'
import {
  completeness,
  consentRecord,
  ECHO_COLLECTOR,
  enrolScripted,
  helloMessage,
  ScriptedAgent,
  scriptedId,
  sha256,
  signReceipt,
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

const enrol = async () =>
  enrolScripted({ port: server.port, authorityPem: server.authority.certificatePem }, await server.token())

async function connect(): Promise<ScriptedAgent> {
  const agent = await ScriptedAgent.connect(await enrol())
  agents.push(agent)
  await vi.waitFor(async () => expect((await server.store.devices.get(agent.deviceId))?.catalogueSha256).not.toBeNull())
  return agent
}

/** Asks, and answers with a yes to everything. */
async function granted(agent: ScriptedAgent) {
  const ticket = await server.ticketFor(agent.deviceId)
  await server.side.consent.ask(
    ticket.id,
    { user: server.technician, role: 'technician' },
    {
      deviceId: agent.deviceId,
      purpose: 'Find out why it is slow',
      collectors: [{ id: 'eventlog.query', params: {} }],
      durationMs: 600_000,
      answerWithinMs: 600_000,
      personalData: 'keep',
    },
  )
  const request = await agent.next('consent.request')
  const record = consentRecord(request)
  const jws = signReceipt(agent.identity, record)
  agent.send({ type: 'consent.receipt', requestId: request.requestId, jws })
  expect((await agent.next('consent.recorded')).outcome).toBe('recorded')
  return { ticketId: ticket.id, grantId: record.decision.grant?.grantId ?? scriptedId('gra'), jws }
}

describe("the agents' gateway", () => {
  it('[W3] agrees to no compression, even when an agent offers it', async () => {
    const { port, authorityPem, answer, key } = await enrol()
    const socket = new WebSocket(`wss://127.0.0.1:${port}/link`, [SUBPROTOCOL], {
      ca: authorityPem,
      cert: answer.certificate,
      key: key.export({ type: 'pkcs8', format: 'pem' }),
      perMessageDeflate: true,
    })
    try {
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
      expect(socket.extensions).toBe('')
    } finally {
      socket.terminate()
    }
  })

  it('[H11] asks for a catalogue that it does not know, once, and never again for the same hash', async () => {
    const catalogue: CatalogueEntry[] = [{ ...ECHO_COLLECTOR, id: 'only.here' }]
    const catalogueSha256 = sha256(canonicalJson(catalogue))
    const welcomes: boolean[] = []
    for (const identity of [await enrol(), await enrol()]) {
      const opened = await ScriptedAgent.open(identity)
      if (!('agent' in opened)) throw new Error('refused')
      agents.push(opened.agent)
      opened.agent.send(helloMessage({ catalogueSha256 }))
      const { needCatalogue } = await opened.agent.next('link.welcome')
      welcomes.push(needCatalogue)
      if (needCatalogue) opened.agent.send({ type: 'agent.catalogue', catalogue })
      await vi.waitFor(async () => expect(await server.store.devices.catalogue(catalogueSha256)).not.toBeNull())
    }
    expect(welcomes).toEqual([true, false])
  })

  it('[G5] keeps a receipt in the findings log as it was signed, byte for byte', async () => {
    const { ticketId, jws } = await granted(await connect())
    const entries = await server.store.log.read(ticketId, 0, 50)
    expect(entries.find(({ kind }) => kind === 'consent.receipt')?.body.jws).toBe(jws)
  })

  it('[L13] lets as many runs be open on a device as the limit says, and one more when one has ended', async () => {
    const agent = await connect()
    const { ticketId, grantId } = await granted(agent)
    const order = (count: number) =>
      server.side.runs.order(ticketId, server.technician, {
        grantId,
        runs: Array.from({ length: count }, () => ({ collector: 'eventlog.query' })),
      })
    await expect(order(LIMITS.maxOpenRuns + 1)).rejects.toMatchObject({ code: 'RUN_TOO_MANY' })
    await order(LIMITS.maxOpenRuns - 1)
    await order(1)
    await expect(order(1)).rejects.toMatchObject({ code: 'RUN_TOO_MANY' })
    const { runId } = await agent.next('run.start')
    agent.send({ type: 'run.end', runId, completeness: completeness({}) })
    await agent.next('run.recorded')
    expect(await order(1)).toHaveLength(1)
  })
})
