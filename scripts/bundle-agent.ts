/**
 * The agent as plain JavaScript in one folder: no types to strip at each start, few files to read, and of the packages
 * only what the agent uses. What packages are to ship, and what the bench measures.
 * `node scripts/bundle-agent.ts FOLDER` makes it.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'rolldown'
import { build } from 'rolldown'
import { ROOT } from './lib/processes.ts'

/** Programs and threads of the agent by the names that they look for beside themselves. */
const ENTRIES = {
  main: 'agent/main.ts',
  'host-main': 'agent/runtime/host-main.ts',
  'volume-worker': 'agent/platform/volume-worker.ts',
}
/** What browsers run; it is served as it stands there, from beside the program. */
const PICTURE_SCRIPTS = 'agent/ui/picture'
/** Takes the place of agent/bin: no Node to look at, and no cache of compiled code outside of the folder. */
const PROGRAM = `#!/usr/bin/env node
import { main } from './main.js'
process.exitCode = await main(process.argv.slice(2))
`
/** A file that is started and not imported: its name in the bundle ends in `.js`. */
const STARTED = /(new URL\('\.\/[a-z-]+)\.ts'/g
const startsPlainFiles: Plugin = {
  name: 'starts-plain-files',
  transform: {
    filter: { code: STARTED },
    handler: (code) => code.replaceAll(STARTED, "$1.js'"),
  },
}

/** V8 keeps less code and a small young heap: the agent waits nearly always (decision 0020). */
export const BUNDLE_FLAGS: readonly string[] = ['--lite-mode', '--max-semi-space-size=1']

/**
 * Makes the bundle; what the folder held before is deleted.
 *
 * @returns its program; start it with `BUNDLE_FLAGS`
 */
export async function bundleAgent(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await build({
    cwd: ROOT,
    input: ENTRIES,
    platform: 'node',
    logLevel: 'warn',
    plugins: [startsPlainFiles],
    // One flat folder: `host-main.js` and `volume-worker.js` must lie beside whatever starts them.
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    },
  })
  for (const name of readdirSync(join(ROOT, PICTURE_SCRIPTS)).filter((file) => file.endsWith('.js')))
    copyFileSync(join(ROOT, PICTURE_SCRIPTS, name), join(folder, name))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  const program = join(folder, 'askfirst-agent.js')
  writeFileSync(program, PROGRAM, { mode: 0o755 })
  return program
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const program = await bundleAgent(resolve(process.argv[2] ?? 'dist/agent'))
  process.stdout.write(`${program}\n`)
}
