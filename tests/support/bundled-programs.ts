import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'rolldown'
import { build } from 'rolldown'
import { bundleAgent } from '../../scripts/bundle-agent.ts'
import { SERVER_VERSION } from '../../server/version.ts'
import { ROOT } from './repository.ts'

const FOLDER = `${ROOT}node_modules/.cache/askfirst-tests`

/** `askfirst-server` as plain JavaScript; it starts in half of the time. Tests that start it again and again use it. */
export const BUNDLED_SERVER = `${FOLDER}/server/askfirst-server.js`
/** `askfirst-agent` as it ships. */
export const BUNDLED_AGENT = `${FOLDER}/agent/askfirst-agent.js`
/** The agent with the test collectors (see kill/agent-main.ts). */
export const BUNDLED_KILL_AGENT = `${FOLDER}/kill-agent/agent-main.js`

/** Threads and processes are started by the address of a file, which lies beside the others in a bundle. */
const STARTED = /(new URL\(')\.{1,2}\/(?:[a-z-]+\/)*([a-z-]+)\.ts'/g
const startsPlainFiles: Plugin = {
  name: 'starts-plain-files',
  transform: { filter: { code: STARTED }, handler: (code) => code.replaceAll(STARTED, "$1./$2.js'") },
}

/** Run by the test runner once, before the tests that start programs. */
export async function setup(): Promise<void> {
  await Promise.all([bundleServer(), bundleKillAgent(), bundleAgent(join(FOLDER, 'agent'))])
}

async function bundleServer(): Promise<void> {
  const folder = join(FOLDER, 'server')
  await bundle(folder, {
    'askfirst-server': 'server/main.ts',
    'store-thread': 'server/store/sqlite/store-thread.ts',
    'index-worker': 'server/indexing/index-worker.ts',
    'row-analysis-worker': 'server/findings/row-analysis-worker.ts',
    'audit-check-worker': 'server/audit/audit-check-worker.ts',
  })
  // What the program reads from beside itself.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', version: SERVER_VERSION }))
  if (!existsSync(join(FOLDER, 'web'))) symlinkSync(`${ROOT}server/web`, join(FOLDER, 'web'))
}

async function bundleKillAgent(): Promise<void> {
  const folder = join(FOLDER, 'kill-agent')
  await bundle(folder, {
    'agent-main': 'tests/support/kill/agent-main.ts',
    'host-main': 'tests/support/test-collectors/host-main.ts',
    'volume-worker': 'agent/platform/volume-worker.ts',
  })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
}

async function bundle(folder: string, input: Readonly<Record<string, string>>): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await build({
    cwd: ROOT,
    input: { ...input },
    platform: 'node',
    logLevel: 'warn',
    // It reads fonts from beside itself.
    external: ['pdfkit'],
    plugins: [startsPlainFiles],
    output: { dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
  })
}
