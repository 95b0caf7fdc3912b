import { setTimeout as sleep } from 'node:timers/promises'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { Lab, Stage } from '../lab.ts'
import { openStage } from '../lab.ts'
import { monotonicMs, round, rssOf, until, watchPeak } from '../measure.ts'

const ROWS_PER_CHUNK = 800
const AFTER_MS = 20_000

/** Rows a second that 100 agents get acknowledged as durable, the server's memory meanwhile and 20 s later. */
export async function ingest(lab: Lab) {
  const agents = lab.isQuick ? 5 : 100
  const chunks = lab.isQuick ? 2 : 40
  const stage = await openStage(lab, agents)
  const runIds = await orderRuns(stage, agents)
  const { server, load } = stage
  const idleMb = rssOf(server.pid)
  const cpuBefore = (await server.call('usage')).cpuMs
  const peak = watchPeak(server.pid)
  const sent = await load.call('stream', { chunks, rowsPerChunk: ROWS_PER_CHUNK })
  const cpuMs = (await server.call('usage')).cpuMs - cpuBefore
  const endedAt = monotonicMs()
  const rowsPerSecond = Math.round(sent.rows / sent.seconds)
  lab.say(`  ${sent.rows} rows in ${round(sent.seconds)} s: ${rowsPerSecond}/s`)
  const indexedPerSecond = await indexing(stage, runIds, lab.isQuick ? 500 : AFTER_MS)
  await sleep(Math.max(0, (lab.isQuick ? 500 : AFTER_MS) - (monotonicMs() - endedAt)))
  const peakMb = peak.stop()
  const afterMb = rssOf(server.pid)
  const { stored, indexed } = await server.call('rows', runIds)
  return {
    ...{
      agents,
      rows: sent.rows,
      rowsPerSecond,
      seconds: round(sent.seconds),
      bytesPerRow: round(sent.rawBytes / sent.rows),
    },
    ...{
      compression: round(sent.rawBytes / sent.sentBytes),
      sentMbPerSecond: round(sent.sentBytes / 1_048_576 / sent.seconds),
    },
    ...{ serverCpuMs: Math.round(cpuMs), storedRows: stored, indexedPerSecond, indexedRows: indexed },
    memory: {
      idleMb,
      peakMb,
      after20sMb: afterMb,
      aboveIdleMb: round(afterMb - idleMb),
      isBackToIdle: afterMb <= idleMb + 32,
    },
  }
}

/** Connects all agents, gets a yes from each and orders one run of each. */
export async function orderRuns({ server, load, facts }: Stage, agents: number): Promise<readonly RunId[]> {
  await load.call('hold', facts.port, agents)
  await until('all agents are connected', 20_000, async () => ((await server.call('online')) >= agents ? true : null))
  const deviceIds = await load.call('deviceIds')
  const runIds: RunId[] = []
  for (const grant of await server.call('grants', deviceIds)) runIds.push(await server.call('order', grant))
  return runIds
}

/** Rows a second that become searchable and pass the rules, while nothing else comes. */
async function indexing({ server }: Stage, runIds: readonly RunId[], limitMs: number): Promise<number> {
  const [from, startedAt] = [await server.call('rows', runIds), monotonicMs()]
  let now = from
  while (monotonicMs() - startedAt < limitMs && now.indexed < now.stored) {
    await sleep(250)
    now = await server.call('rows', runIds)
  }
  return Math.round((now.indexed - from.indexed) / ((monotonicMs() - startedAt) / 1_000))
}
