import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { logOrigin } from '@askfirst/server/findings-log/log-origin.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AgentSideUnderTest } from '../support/agent-side.ts'
import { startAgentSide } from '../support/agent-side.ts'
import { RealAgent, until } from '../support/real-agent.ts'

let server: AgentSideUnderTest
let agent: RealAgent
beforeAll(async () => {
  server = await startAgentSide()
  agent = await RealAgent.enrol({
    port: server.port,
    authoritySha256: server.authority.sha256,
    token: await server.token(),
  })
})
afterAll(async () => {
  await agent.remove()
  await server.close()
})

/** What the agent's own record says of checkpoints, oldest first. */
async function witnessed(): Promise<readonly string[]> {
  const lines = (await readFile(join(agent.config.dataDir, 'history.jsonl'), 'utf8')).split('\n')
  return lines.flatMap((line) => /"(checkpoint\.kept|witness\.conflict)"/.exec(line)?.[1] ?? [])
}

it('[G7] an agent gets the log key at enrolment, keeps what is signed with it, and raises an alarm at another past', async () => {
  const running = await agent.start()
  const deviceId = JSON.parse(await readFile(join(agent.config.dataDir, 'identity.json'), 'utf8')).deviceId
  await until(() => server.side.link.isOnline(deviceId))
  await until(async () => (await server.store.devices.get(deviceId))?.catalogueSha256)
  const { id: ticketId } = await server.ticketFor(deviceId)
  const asking = { deviceId, purpose: 'x', collectors: [{ id: 'test.hang', params: { count: 1 } }] }
  const times = { durationMs: 600_000, answerWithinMs: 600_000, personalData: 'keep' } as const
  await server.side.consent.ask(ticketId, { user: server.technician, role: 'technician' }, { ...asking, ...times })
  await until(async () => (await witnessed()).includes('checkpoint.kept'))

  const { size, headHash } = await server.side.checkpoints.latest(ticketId)
  const send = (note: string) => server.side.link.send(deviceId, { type: 'log.checkpoint', ticketId, note })
  const said = (text: string) => until(() => agent.logLines.some((line) => line.includes(text)))
  const foreign = await openLogSigner({ directory: join(agent.config.dataDir, 'other-keys'), name: 'example' })
  const origin = logOrigin(foreign.keyName, ticketId)
  send(foreign.sign({ origin, size: size + 1, headHash }))
  await said('a checkpoint was not kept')
  expect(await witnessed()).not.toContain('witness.conflict')

  const signer = server.signer
  send(signer.sign({ origin: logOrigin(signer.keyName, ticketId), size, headHash: 'f'.repeat(64) }))
  await until(async () => (await witnessed()).includes('witness.conflict'))
  send(signer.sign({ origin: logOrigin(signer.keyName, ticketId), size: size - 1, headHash }))
  await until(() => agent.logLines.filter((line) => line.includes('shows another past')).length === 2)
  expect(running).toBeDefined()
})
