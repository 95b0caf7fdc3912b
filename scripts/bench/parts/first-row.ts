import { setTimeout as sleep } from 'node:timers/promises'
import type { GrantId, RequestId, RunId } from '@askfirst/protocol/ids.ts'
import type { Child } from '../child.ts'
import type { Lab } from '../lab.ts'
import { startServerChild } from '../lab.ts'
import { LiveSocket } from '../live-socket.ts'
import type { Spread } from '../measure.ts'
import { monotonicMs, spread, until } from '../measure.ts'
import type { AgentProgram } from '../real-agent.ts'
import { approve, bundledAgent, enrolAgent, runAgent, UNBUILT_AGENT } from '../real-agent.ts'
import type { ServerCalls } from '../server-process.ts'
import type { SignedIn } from '../sign-in.ts'
import { signIn } from '../sign-in.ts'

/** What the runs read: the three busiest programs, without a time over which use is measured. */
const COLLECTOR = { id: 'process.list', params: { top: 3, sampleMs: 0 } }
const LIMIT_MS = 20_000

interface Scene extends SignedIn {
  readonly server: Child<ServerCalls>
  readonly live: LiveSocket
  readonly ticketId: string
  readonly deviceId: string
  readonly dataDir: string
}

interface Sample {
  readonly storedMs: number
  readonly liveMs: number
}

/**
 * Time from the order (`POST …/runs` leaves the caller) to the first row durable on the server, and to its notice on a
 * live socket, with a real agent: bundled, and as it stands here. Warm: the collector host of the grant runs. Cold: the
 * grant is this moment old.
 */
export async function firstRow(lab: Lab) {
  const scene = await openScene(lab)
  const bundled = await withAgent(lab, scene, await bundledAgent(lab))
  const unbuiltTypeScript = await withAgent(lab, scene, UNBUILT_AGENT)
  scene.live.close()
  return { ...bundled, unbuiltTypeScript }
}

async function withAgent(lab: Lab, scene: Scene, program: AgentProgram) {
  const agent = await runAgent(lab, scene.dataDir, program)
  await sleep(500) // The catalogue follows the hello.
  const warm = await warmSamples(scene, lab.isQuick ? 5 : 100)
  lab.say(`  warm: stored p50 ${warm.stored.p50} ms, p99 ${warm.stored.p99} ms`)
  const cold = await coldSamples(scene, lab.isQuick ? 2 : 20)
  lab.say(`  cold: stored p50 ${cold.stored.p50} ms, p99 ${cold.stored.p99} ms`)
  await agent.stop()
  return { warm, cold }
}

async function openScene(lab: Lab): Promise<Scene> {
  const server = await startServerChild(lab)
  const { uiUrl, setupLink } = await server.call('facts')
  const signedIn = await signIn(uiUrl, setupLink ?? '')
  const dataDir = await enrolAgent(lab, signedIn.api)
  const { items } = await signedIn.api.get<{ readonly items: readonly { readonly id: string }[] }>('/api/devices')
  const deviceId = items[0]?.id
  if (deviceId === undefined) throw new Error('no device was enrolled')
  const order = { title: 'Bench', description: '', requesterName: 'Bench', deviceIds: [deviceId] }
  const ticket = await signedIn.api.post<{ readonly id: string }>('/api/tickets', order)
  const live = await LiveSocket.open(uiUrl, signedIn.token)
  await live.follow(ticket.id)
  return { ...signedIn, server, live, ticketId: ticket.id, deviceId, dataDir }
}

/** Asks the person, who says yes at once; resolves when the server has recorded it. */
async function grant(scene: Scene): Promise<GrantId> {
  const path = `/api/tickets/${scene.ticketId}/consent-requests`
  const asking = { deviceId: scene.deviceId, purpose: 'Bench', collectors: [COLLECTOR], durationMs: 600_000 }
  const { id } = await scene.api.post<{ readonly id: RequestId }>(path, asking)
  await approve(scene.dataDir, id)
  return scene.server.call('recordedGrant', id)
}

async function sample(scene: Scene, grantId: GrantId): Promise<Sample> {
  const { api, server, live, ticketId } = scene
  const startedAt = monotonicMs()
  const { items } = await api.post<{ readonly items: readonly { readonly id: RunId }[] }>(
    `/api/tickets/${ticketId}/runs`,
    {
      grantId,
      runs: [{ collector: COLLECTOR.id, params: COLLECTOR.params }],
    },
  )
  const runId = items[0]?.id
  if (runId === undefined) throw new Error('no run was ordered')
  const liveAt = await live.firstRow(runId)
  const storedAt = await until('the first row is stored', LIMIT_MS, () => server.call('firstStored', runId))
  await until('the run has ended', LIMIT_MS, async () => ((await server.call('hasEnded', runId)) ? true : null))
  return { storedMs: storedAt - startedAt, liveMs: liveAt - startedAt }
}

async function warmSamples(scene: Scene, count: number) {
  const grantId = await grant(scene)
  await sample(scene, grantId) // The host starts meanwhile and reads everything once.
  await sample(scene, grantId)
  const samples: Sample[] = []
  for (let at = 0; at < count; at += 1) samples.push(await sample(scene, grantId))
  return spreads(samples)
}

async function coldSamples(scene: Scene, count: number) {
  const samples: Sample[] = []
  for (let at = 0; at < count; at += 1) samples.push(await sample(scene, await grant(scene)))
  return spreads(samples)
}

function spreads(samples: readonly Sample[]): { readonly stored: Spread; readonly live: Spread } {
  return { stored: spread(samples.map(({ storedMs }) => storedMs)), live: spread(samples.map(({ liveMs }) => liveMs)) }
}
