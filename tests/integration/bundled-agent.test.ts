import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COLLECTORS } from '../../agent/collectors/index.ts'
import { AGENT_VERSION } from '../../agent/version.ts'
import { BUNDLE_FLAGS, bundleAgent } from '../../scripts/bundle-agent.ts'

const run = promisify(execFile)
const scratch = mkdtempSync(join(tmpdir(), 'askfirst-bundle-'))
const folder = join(scratch, 'agent')
let program = ''

beforeAll(async () => {
  program = await bundleAgent(folder)
})
afterAll(() => rmSync(scratch, { recursive: true }))

/** What a file of the bundle loads, at its start or later. */
const LOADED = /\b(?:from|import|import\()["'`]([@\w./:-]+)["'`]/g

function textOf(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

function agent(...args: readonly string[]) {
  // Its own home: no configuration or policy of this account may take part.
  const env = { HOME: scratch }
  return run(process.execPath, [...BUNDLE_FLAGS, program, ...args], { env, cwd: scratch, timeout: 50_000 })
}

describe('the bundled agent', () => {
  it('is plain JavaScript in one flat folder that needs no package', () => {
    const files = readdirSync(folder)
    expect(files).toEqual(expect.arrayContaining(['askfirst-agent.js', 'host-main.js', 'volume-worker.js']))
    const code = files.filter((name) => name.endsWith('.js')).map((name) => [name, textOf(name)] as const)
    const unbuilt = /new URL\([^)]*\.ts\b|node_modules\/\.cache/
    expect(code.filter(([, text]) => unbuilt.test(text)).map(([name]) => name)).toEqual([])
    const loaded = code.flatMap(([, text]) => [...text.matchAll(LOADED)].map(([, from]) => from ?? ''))
    expect(loaded.length).toBeGreaterThan(100)
    expect(loaded.filter((name) => !name.startsWith('./') && !isBuiltin(name))).toEqual([])
  })

  it('knows the same collectors and has the same version', async () => {
    expect((await agent('version')).stdout.trim()).toBe(AGENT_VERSION)
    const { stdout } = await agent('catalogue', '--json')
    for (const { id, tellUser } of COLLECTORS) {
      expect(stdout).toContain(`"${id}"`)
      expect(stdout).toContain(JSON.stringify(tellUser))
    }
  })

  it('[R8] runs a collector in a host of its own to its completeness record', async () => {
    const { stdout, stderr } = await agent('collect', 'disk.space', '--json')
    const rows = stdout.trim().split('\n')
    expect(JSON.parse(stderr)).toMatchObject({ rows: rows.length, invalidRows: 0, sources: expect.any(Array) })
    for (const row of rows) expect(JSON.parse(row)).toHaveProperty('mount')
  })
})
