// Runs on whatever Node the machine has (20 or newer) before the script that was asked for: installs the packages once,
// and again when the lock file changes. A second call needs no network.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const marker = join(root, 'node_modules', '.askfirst-installed')

// The lock file names every package of every workspace; a script line that changes in a package.json changes no package.
const digest = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

if (!isInstalled()) install()

function isInstalled() {
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== digest) return false
  return existsSync(join(root, 'node_modules', 'node', 'bin'))
}

function install() {
  process.stderr.write('Installing packages (once, this needs the network) ...\n')
  // npm's own entry is called through the Node that runs now, so that Windows needs no shell for npm.cmd.
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }
  const result =
    npm === undefined ? spawnSync('npm', args, options) : spawnSync(process.execPath, [npm, ...args], options)
  if (result.status !== 0) {
    process.stderr.write(
      'Installing the packages failed. Is the package registry reachable? Run the same command again when it is.\n',
    )
    process.exit(result.status ?? 1)
  }
  mkdirSync(dirname(marker), { recursive: true })
  writeFileSync(marker, digest)
}
