import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Lab } from '../lab.ts'
import { round, spread } from '../measure.ts'
import type { AgentProgram } from '../real-agent.ts'
import { bundledAgent, UNBUILT_AGENT } from '../real-agent.ts'

const run = promisify(execFile)
const TURNS = 7
const LONGEST_MS = 60_000

const COLLECTORS = ['device.info', 'process.list', 'disk.space', 'net.config', 'service.list', 'change.recent']

/**
 * Wall time of `askfirst-agent collect` from the start of the program to its end, beside a Node that does nothing: the
 * bundled agent, and `device.info` also with the agent as it stands here.
 */
export async function devicePicture(lab: Lab) {
  const turns = lab.isQuick ? 1 : TURNS
  const nothing = await times(turns, ['-e', '0'])
  const program = await bundledAgent(lab)
  const rows = await countRows(program)
  const results: Record<string, unknown> = { nodeAloneMs: nothing.p50 }
  for (const collector of COLLECTORS) results[collector] = await wallTime(lab, turns, collect(program, collector))
  const unbuilt = await wallTime(lab, turns, collect(UNBUILT_AGENT, 'device.info'))
  return { ...results, deviceInfoRows: rows, unbuiltTypeScript: { 'device.info': unbuilt } }
}

/** A machine may lack a source; the others are measured all the same. */
async function wallTime(lab: Lab, turns: number, args: readonly string[]) {
  try {
    const taken = await times(turns, args)
    lab.say(`  ${args.join(' ').replace(/^.*\//, '')}: ${taken.p50} ms`)
    return { wallMs: taken.p50, worstMs: taken.max }
  } catch (error) {
    return { failed: error instanceof Error ? error.message.slice(0, 200) : String(error) }
  }
}

function collect(program: AgentProgram, collector: string): readonly string[] {
  const params = collector === 'process.list' ? { sampleMs: 0 } : {}
  return [...program, 'collect', collector, '--params', JSON.stringify(params), '--json']
}

async function countRows(program: AgentProgram): Promise<number> {
  const { stdout } = await run(process.execPath, [...collect(program, 'device.info')], {
    timeout: LONGEST_MS,
    maxBuffer: 64 * 1_048_576,
  })
  return stdout.trim().split('\n').length
}

async function times(turns: number, args: readonly string[]) {
  const taken: number[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    const startedAt = performance.now()
    await run(process.execPath, [...args], { timeout: LONGEST_MS, maxBuffer: 64 * 1_048_576 })
    taken.push(round(performance.now() - startedAt))
  }
  return spread(taken)
}
