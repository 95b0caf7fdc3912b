import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../support/repository.ts'

interface Summary {
  readonly ticket: string
  readonly device: string
  readonly receipts: number
  readonly runs: readonly {
    collector: string
    state: string
    rows: number
    bytes: number
    firstRowMs: number
    durationMs: number
  }[]
  readonly findings: readonly unknown[]
  readonly log: { entries: number; verified: boolean }
  readonly export: string
}

const SERVER = `${ROOT}server/bin/askfirst-server.mjs`
const folder = mkdtempSync(join(tmpdir(), 'askfirst-e2e-'))
let summary: Summary

/** `askfirst-server verify` of a file; its exit code and report. */
function verify(file: string): { status: number | null; report: { ok: boolean; firstWrongEntry: number | null } } {
  const { status, stdout } = spawnSync(process.execPath, [SERVER, 'verify', file, '--json'], { encoding: 'utf8' })
  return { status, report: JSON.parse(stdout) as { ok: boolean; firstWrongEntry: number | null } }
}

beforeAll(() => {
  const out = execFileSync(process.execPath, [`${ROOT}scripts/demo.ts`, '--yes', '--json', '--keep', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 55_000,
  })
  summary = JSON.parse(out.trim().split('\n').at(-1) ?? '') as Summary
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the main job on this machine', () => {
  it('[C11, R8] asks, is allowed, runs three real collectors and tells it in one JSON line', () => {
    expect(summary.receipts).toBe(1)
    expect(summary.runs.map(({ collector }) => collector).sort()).toEqual([
      'device.info',
      'eventlog.query',
      'process.list',
    ])
    for (const run of summary.runs.filter(({ collector }) => collector !== 'eventlog.query')) {
      expect(run).toMatchObject({ state: 'complete' })
      expect(run.rows).toBeGreaterThan(0)
      expect(run.bytes).toBeGreaterThan(0)
      expect(run.durationMs).toBeGreaterThanOrEqual(run.firstRowMs)
    }
    expect(summary.log).toMatchObject({ verified: true })
    expect(summary.log.entries).toBeGreaterThanOrEqual(2 + 1 + 3 * 3)
  })

  it('[G8] exports a file that verifies, and a copy with one changed byte does not', () => {
    expect(verify(summary.export)).toMatchObject({ status: 0, report: { ok: true, firstWrongEntry: null } })
    const bytes = readFileSync(summary.export)
    const copy = join(folder, 'changed.zip')
    for (const at of [0, 30, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      writeFileSync(copy, changed)
      expect(verify(copy), `byte ${at}`).toMatchObject({ status: 1, report: { ok: false } })
    }
  })

  it('keeps what was collected out of the logs of server and agent', () => {
    const logs = readFileSync(join(folder, 'server.log'), 'utf8') + readFileSync(join(folder, 'agent.log'), 'utf8')
    expect(logs).toContain('server started')
    expect(logs).not.toContain('/proc/cpuinfo')
    expect(logs).not.toMatch(/"jws"|eyJ[A-Za-z0-9_-]{20}/)
  })
})
