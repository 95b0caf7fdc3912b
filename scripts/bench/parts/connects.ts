import type { Child } from '../child.ts'
import type { FloorCalls } from '../floor-process.ts'
import type { Lab } from '../lab.ts'
import { openStage, startFloor } from '../lab.ts'
import type { LoadCalls } from '../load-process.ts'
import { round } from '../measure.ts'
import type { ServerCalls } from '../server-process.ts'

/** Connects at once; enough to keep the server busy, few enough that times are not those of a queue. */
const WIDTH = 16

interface Tally {
  connects: number
  cpuMs: number
  p99: number
}

/** Connects a second and core of the server: hello, welcome, presence, revocation check; beside a bare upgrade. */
export async function connects(lab: Lab) {
  const [rounds, perRound] = lab.isQuick ? [1, 40] : [4, 600]
  const { server, load, facts } = await openStage(lab, lab.isQuick ? 20 : 200)
  const floor = await startFloor(lab, facts.keys)
  const targets = { ours: { child: server, port: facts.port }, floor: { child: floor, port: await floor.call('port') } }
  const results: Record<string, unknown> = {}
  for (const kind of ['full', 'resumed'] as const) {
    const tallies = { ours: fresh(), floor: fresh() }
    for (let turn = 0; turn <= rounds; turn += 1) {
      for (const who of ['floor', 'ours'] as const) {
        const tally = await measure(load, {
          ...targets[who],
          isBare: who === 'floor',
          isResuming: kind === 'resumed',
          count: perRound,
        })
        if (turn > 0) add(tallies[who], tally) // The first round warms the code up.
      }
    }
    const [ours, bare] = [perCpuSecond(tallies.ours), perCpuSecond(tallies.floor)]
    results[kind] = {
      ...{ ratioToFloor: round(ours / bare), perCpuSecond: ours, floorPerCpuSecond: bare, p99Ms: tallies.ours.p99 },
      connects: tallies.ours.connects,
    }
    lab.say(`  ${kind}: ${ours}/s of server CPU, bare ${bare}/s`)
  }
  return results
}

const fresh = (): Tally => ({ connects: 0, cpuMs: 0, p99: 0 })
const perCpuSecond = ({ connects: count, cpuMs }: Tally) => Math.round((count / cpuMs) * 1_000)

function add(sum: Tally, { connects: count, cpuMs, p99 }: Tally): void {
  sum.connects += count
  sum.cpuMs += cpuMs
  sum.p99 = Math.max(sum.p99, p99)
}

async function measure(
  load: Child<LoadCalls>,
  options: {
    readonly child: Child<ServerCalls> | Child<FloorCalls>
    readonly port: number
    readonly isBare: boolean
    readonly isResuming: boolean
    readonly count: number
  },
): Promise<Tally> {
  const { port, isBare, isResuming, count } = options
  // Both offer `usage`; a union of the two call maps needs one of them named.
  const child = options.child as Child<FloorCalls>
  // Tickets are taken from a full handshake with the same server.
  if (isResuming) await load.call('connects', { port, count: 200, isBare, isResuming: false, width: WIDTH })
  const before = await child.call('usage')
  const made = await load.call('connects', { port, count, isBare, isResuming, width: WIDTH })
  const after = await child.call('usage')
  if (isResuming && made.resumed < count * 0.95)
    throw new Error(`only ${made.resumed} of ${count} connects were resumed`)
  return { connects: count, cpuMs: after.cpuMs - before.cpuMs, p99: made.p99 }
}
