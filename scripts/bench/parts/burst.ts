import { setTimeout as sleep } from 'node:timers/promises'
import { enrolScripted } from '../../../tests/support/scripted-agent.ts'
import { BenchAgent, benchDevice } from '../bench-agent.ts'
import type { Lab } from '../lab.ts'
import { openStage } from '../lab.ts'
import { monotonicMs, round, spread } from '../measure.ts'
import { orderRuns } from './ingest.ts'

const BURST_BYTES = 50 * 1_048_576
/** Bytes of a chunk of `denseBody`. */
const CHUNK_BYTES = 175_000
/** Agents that ping in turn, so that none sends more control messages than it may. */
const PINGERS = 10

/** Another agent's round trip (`link.ping` to `link.pong`) while one agent sends 50 MB of rows as fast as it may. */
export async function burst(lab: Lab) {
  const stage = await openStage(lab, 1)
  const { server, load, facts } = stage
  const token = await server.call('token', PINGERS)
  const pingers: BenchAgent[] = []
  for (let at = 0; at < PINGERS; at += 1) {
    pingers.push(await BenchAgent.connect(benchDevice(await enrolScripted(facts, token)), facts.port))
  }
  await orderRuns(stage, 1)
  const quiet = await roundTrips(pingers, sleep(lab.isQuick ? 300 : 3_000))
  const bytes = lab.isQuick ? BURST_BYTES / 10 : BURST_BYTES
  const sending = load.call('stream', { chunks: Math.ceil(bytes / CHUNK_BYTES), rowsPerChunk: 0, isDense: true })
  const busy = await roundTrips(pingers, sending)
  const sent = await sending
  for (const pinger of pingers) pinger.close()
  lab.say(
    `  ${round(sent.sentBytes / 1_048_576)} MB in ${round(sent.seconds)} s; others' p99 ${busy.p99} ms, before ${quiet.p99} ms`,
  )
  return {
    roundTripMs: busy,
    quietRoundTripMs: quiet,
    sentMb: round(sent.sentBytes / 1_048_576),
    seconds: round(sent.seconds),
  }
}

/** Pings, one every few ms and each by the next agent, until something has ended. */
async function roundTrips(pingers: readonly BenchAgent[], end: Promise<unknown>) {
  let isOver = false
  const over = end.finally(() => {
    isOver = true
  })
  const times: Promise<number>[] = []
  for (let at = 0; !isOver; at += 1) {
    const startedAt = monotonicMs()
    const pinger = pingers[at % pingers.length]
    if (pinger !== undefined) times.push(pinger.ping())
    await sleep(Math.max(0, 4 - (monotonicMs() - startedAt)))
  }
  await over
  return spread(await Promise.all(times))
}
