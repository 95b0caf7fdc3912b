// Builds the pages in server/web when a source or the lock file changed since the last build, and packs them for browsers
// that take Brotli. Runs on whatever Node the machine has; the build itself uses the project's own. Needs no network.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const web = join(root, 'server', 'web')
const dist = join(web, 'dist')
const marker = join(dist, '.built-from')
const PACKED = /\.(?:js|css|svg|html)$/

const digest = digestOfSources()
if (!existsSync(marker) || readFileSync(marker, 'utf8') !== digest) build()

/** SHA-256 over the sources of the pages, the texts they share with the agent and the server, and the versions of all packages. */
function digestOfSources() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const folder of [web, join(root, 'protocol')]) {
    for (const file of filesOf(folder).sort()) hash.update(relative(root, file)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'dist' || entry.name === 'node_modules') return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesOf(path)
    return /\.(?:tsx?|css|html|svg|json)$/.test(entry.name) ? [path] : []
  })
}

function build() {
  process.stderr.write('Building the pages ...\n')
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const node = existsSync(own) ? own : process.execPath
  const args = [vite, 'build', web, '--config', join(web, 'vite.config.ts'), '--logLevel', 'error']
  const result = spawnSync(node, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (result.status !== 0) {
    process.stderr.write('The pages could not be built; the lines above say why.\n')
    process.exit(result.status ?? 1)
  }
  for (const file of filesOf(dist).concat(assets())) pack(file)
  writeFileSync(marker, digest)
}

function assets() {
  const folder = join(dist, 'assets')
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

function pack(file) {
  if (!PACKED.test(file)) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
  writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params }))
}
