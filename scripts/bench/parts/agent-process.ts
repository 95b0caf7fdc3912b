import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SUBPROTOCOL } from '@askfirst/protocol/version.ts'
import { enrolScripted, helloMessage } from '../../../tests/support/scripted-agent.ts'
import type { Child } from '../child.ts'
import type { Lab } from '../lab.ts'
import { startServerChild } from '../lab.ts'
import { cpuMsOf, memoryOf, round } from '../measure.ts'
import type { AgentProcess } from '../real-agent.ts'
import { bundledAgent, enrolAgent, runAgent, runConnected, UNBUILT_AGENT } from '../real-agent.ts'
import type { ServerCalls } from '../server-process.ts'
import { signIn } from '../sign-in.ts'

const SETTLE_MS = 5_000
/** Long enough for a heartbeat or two. */
const IDLE_MS = 25_000

/** Memory, idle CPU and start of the real agent: `.ts` as it stands, and bundled as packages are to ship it. */
export async function agentProcess(lab: Lab) {
  const server = await startServerChild(lab)
  const { uiUrl, setupLink } = await server.call('facts')
  const { api } = await signIn(uiUrl, setupLink ?? '')
  const dataDir = await enrolAgent(lab, api)
  const bare = await startBare(lab, server)
  // One device, so one agent at a time.
  await (await runAgent(lab, dataDir, UNBUILT_AGENT)).stop() // Fills the cache of compiled code (decision 0020).
  const unbuilt = await observe(lab, await runAgent(lab, dataDir, UNBUILT_AGENT))
  const bundled = await observe(lab, await runAgent(lab, dataDir, await bundledAgent(lab)))
  const floor = { connectedMs: round(bare.connectedMs), ...memoryOf(bare.pid) }
  lab.say(
    `  agent ${bundled.rssMb} MB RSS, ${bundled.privateMb} MB private; bare socket ${floor.rssMb} / ${floor.privateMb} MB`,
  )
  return {
    ratioToFloor: { rss: round(bundled.rssMb / floor.rssMb), private: round(bundled.privateMb / floor.privateMb) },
    ...{ bundled, unbuiltTypeScript: unbuilt, floor },
  }
}

async function startBare(lab: Lab, server: Child<ServerCalls>): Promise<AgentProcess> {
  const identity = await enrolScripted(await server.call('facts'), await server.call('token', 1))
  const file = join(lab.folder, 'bare.json')
  const key = identity.key.export({ type: 'pkcs8', format: 'pem' })
  const { port, authorityPem: ca, answer } = identity
  const settings = { port, ca, cert: answer.certificate, key, hello: helloMessage(), protocol: SUBPROTOCOL }
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 })
  return runConnected(lab, [new URL('../bare-agent.mjs', import.meta.url).pathname, file])
}

async function observe(lab: Lab, agent: AgentProcess) {
  await sleep(lab.isQuick ? 200 : SETTLE_MS)
  const [cpuBefore, from] = [cpuMsOf(agent.pid), performance.now()]
  await sleep(lab.isQuick ? 300 : IDLE_MS)
  const cpuPercent = round(((cpuMsOf(agent.pid) - cpuBefore) / (performance.now() - from)) * 100, 3)
  const result = { ...memoryOf(agent.pid), idleCpuPercent: cpuPercent, connectedMs: round(agent.connectedMs) }
  await agent.stop()
  return result
}
