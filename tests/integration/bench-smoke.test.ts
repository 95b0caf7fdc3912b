import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/repository.ts'

const run = promisify(execFile)

async function bench(...args: readonly string[]) {
  const { stdout } = await run(process.execPath, ['scripts/bench/main.ts', '--quick', '--json', ...args], {
    cwd: ROOT,
    timeout: 50_000,
  })
  const lines = stdout.trim().split('\n')
  return { lines, figures: JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> }
}

describe('npm run bench -- --quick', () => {
  it('prints one JSON object with ratios to the floor, rows a second and memory', async () => {
    const { lines, figures } = await bench('--only', 'connects', '--only', 'ingest')
    expect(lines).toHaveLength(1)
    const connects = {
      ratioToFloor: expect.any(Number),
      perCpuSecond: expect.any(Number),
      floorPerCpuSecond: expect.any(Number),
    }
    expect(figures).toMatchObject({
      quick: true,
      machine: { node: process.version },
      connects: { full: connects, resumed: connects },
      ingest: {
        rows: 8_000,
        storedRows: 8_000,
        rowsPerSecond: expect.any(Number),
        memory: { idleMb: expect.any(Number), peakMb: expect.any(Number), after20sMb: expect.any(Number) },
      },
    })
  })

  it('refuses a part that there is not', async () => {
    await expect(bench('--only', 'nothing')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('idleMemory'),
    })
  })
})
