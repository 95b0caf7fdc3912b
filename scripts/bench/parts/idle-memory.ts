import type { Child } from '../child.ts'
import type { FloorCalls } from '../floor-process.ts'
import type { Lab } from '../lab.ts'
import { openStage, startFloor, startServerChild } from '../lab.ts'
import { round, until } from '../measure.ts'
import type { ServerCalls } from '../server-process.ts'

/** Memory per connected agent that does nothing, beside a bare socket. */
export async function idleMemory(lab: Lab) {
  const counts = lab.isQuick ? [60, 120] : [1_000, 5_000]
  const { server: enrolling, load } = await openStage(lab, counts.at(-1) ?? 0)
  // A fresh process: what thousands of enrolments left behind would hide what connections cost.
  await enrolling.stop()
  const server = await startServerChild(lab)
  const facts = await server.call('facts')
  const floor = await startFloor(lab, facts.keys)
  // The first connections make what is made once: caches, buffers, compiled code.
  await load.call('hold', facts.port, 20)
  const floorPort = await floor.call('port')
  await load.call('holdBare', floorPort, 20)
  const [base, floorBase] = [await server.call('settled'), await floor.call('settled')]
  const results = []
  for (const count of counts) {
    await load.call('hold', facts.port, count)
    await load.call('holdBare', floorPort, count)
    await arrived(server, count)
    await arrived(floor, count)
    const [ours, bare] = [await server.call('settled'), await floor.call('settled')]
    const perConnection = (now: typeof ours, then: typeof ours) =>
      round(((now.rssMb - then.rssMb) * 1_024) / (count - 20))
    const [kb, floorKb] = [perConnection(ours, base), perConnection(bare, floorBase)]
    results.push({
      ...{ connections: count, ratioToFloor: round(kb / floorKb), kbPerConnection: kb, floorKbPerConnection: floorKb },
      ...{ heapKbPerConnection: round(((ours.heapMb - base.heapMb) * 1_024) / (count - 20)), rssMb: ours.rssMb },
      floorHeapKbPerConnection: round(((bare.heapMb - floorBase.heapMb) * 1_024) / (count - 20)),
    })
    lab.say(`  ${count} connections: ${kb} KB each, bare ${floorKb} KB`)
  }
  return { serverWithoutAgentsMb: base.rssMb, floorServerMb: floorBase.rssMb, at: results }
}

function arrived(child: Child<ServerCalls> | Child<FloorCalls>, count: number): Promise<true> {
  // Both offer `online`; a union of the two call maps needs one of them named.
  const either = child as Child<FloorCalls>
  return until('all agents are connected', 20_000, async () => ((await either.call('online')) >= count ? true : null))
}
