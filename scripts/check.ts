/**
 * `npm run check`: types, lint, format, import borders, dead code. Biome and knip are installed beside this file at
 * their exact versions, without a lock (see decisions/0005). `-- --write` lets Biome mend what it safely can.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const scripts = dirname(fileURLToPath(import.meta.url))
const root = dirname(scripts)
const tools = join(scripts, 'tools')

interface Step {
  readonly name: string
  readonly command: readonly string[]
}

installTools()
const write = process.argv.includes('--write') ? ['--write'] : []
const failed = [
  step('types', [process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']),
  step('lint, format, borders', [
    bin('biome'),
    'check',
    ...write,
    '--config-path',
    join(tools, 'lint.json'),
    '--error-on-warnings',
    '--max-diagnostics=50',
    '.',
  ]),
  step('dead code', [bin('knip'), '--config', join(tools, 'knip.json'), '--directory', root, '--no-progress']),
].filter((entry) => !run(entry))

if (failed.length > 0) {
  process.stderr.write(`check: failed: ${failed.map((entry) => entry.name).join(', ')}\n`)
  process.exit(1)
}
process.stdout.write('check: types, lint, format, borders and dead code are in order\n')

function step(name: string, command: readonly string[]): Step {
  return { name, command }
}

function run({ name, command: [program = '', ...args] }: Step): boolean {
  process.stdout.write(`check: ${name}\n`)
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status === 0
}

function bin(name: string): string {
  return join(tools, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)
}

/** Installs the tools once per set of versions; the second call needs no network. */
function installTools(): void {
  if (isInstalled('@biomejs/biome') && isInstalled('knip')) return
  process.stdout.write('check: installing biome and knip (once, this needs the network)\n')
  const npm = process.env.npm_execpath
  const args = ['install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: tools, stdio: 'inherit' } as const
  const result =
    npm === undefined ? spawnSync('npm', args, options) : spawnSync(process.execPath, [npm, ...args], options)
  if (result.status !== 0) {
    process.stderr.write('check: biome and knip could not be installed; is the package registry reachable?\n')
    process.exit(1)
  }
}

function isInstalled(name: string): boolean {
  const wanted = versions(join(tools, 'package.json')).dependencies?.[name]
  const file = join(tools, 'node_modules', name, 'package.json')
  return existsSync(file) && versions(file).version === wanted
}

function versions(file: string): { version?: string; dependencies?: Record<string, string> } {
  // The two files read here are the project's own and an npm package's; both have these fields by npm's definition.
  return JSON.parse(readFileSync(file, 'utf8')) as { version?: string; dependencies?: Record<string, string> }
}
