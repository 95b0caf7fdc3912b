import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Lab } from '../lab.ts'
import { round, spread } from '../measure.ts'
import { AGENT_PROGRAM } from '../real-agent.ts'

const run = promisify(execFile)
const TURNS = 7
const LONGEST_MS = 60_000

/** Wall time of `askfirst-agent collect` from the start of the program to its end, beside a Node that does nothing. */
export async function devicePicture(lab: Lab) {
  const turns = lab.isQuick ? 1 : TURNS
  const nothing = await times(turns, ['-e', '0'])
  const rows = await countRows()
  const results: Record<string, unknown> = { nodeAloneMs: nothing.p50 }
  for (const collector of [
    'device.info',
    'process.list',
    'disk.space',
    'net.config',
    'service.list',
    'change.recent',
  ]) {
    const params = collector === 'process.list' ? { sampleMs: 0 } : {}
    try {
      const taken = await times(turns, collect(collector, params))
      results[collector] = { wallMs: taken.p50, worstMs: taken.max }
      lab.say(`  ${collector}: ${taken.p50} ms`)
    } catch (error) {
      // A machine may lack a source; the others are measured all the same.
      results[collector] = { failed: error instanceof Error ? error.message.slice(0, 200) : String(error) }
    }
  }
  return { ...results, deviceInfoRows: rows }
}

function collect(collector: string, params: object): readonly string[] {
  return ['--no-warnings', AGENT_PROGRAM, 'collect', collector, '--params', JSON.stringify(params), '--json']
}

async function countRows(): Promise<number> {
  const { stdout } = await run(process.execPath, collect('device.info', {}), {
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
