/**
 * `npm run bench`: measures the server and the agent on this machine beside a bare floor. Flags after `--`: `--json` prints
 * one JSON object as the last line, `--only NAME` runs one part (may be repeated), `--quick` measures little, only to
 * show that it works.
 */
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { inLab } from './lab.ts'
import { round } from './measure.ts'
import { PARTS } from './parts/index.ts'
import { table } from './table.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
})
const say = (line: string) => process.stderr.write(`${line}\n`)
const unknown = options.only.filter((name) => !(name in PARTS))
if (unknown.length > 0) {
  say(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}

const startedAt = performance.now()
const results: Record<string, unknown> = {
  machine: {
    cpus: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    memoryMb: Math.round(totalmem() / 1_048_576),
    node: process.version,
  },
  startedAt: new Date().toISOString(),
  quick: options.quick,
}
for (const [name, part] of Object.entries(PARTS)) {
  if (options.only.length > 0 && !options.only.includes(name)) continue
  say(`${name}:`)
  try {
    results[name] = await inLab({ isQuick: options.quick, say }, part)
  } catch (error) {
    // The other figures are still worth having; the exit code says that one is missing.
    say(`  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    results[name] = { error: error instanceof Error ? error.message : String(error) }
    process.exitCode = 1
  }
}
results.seconds = round((performance.now() - startedAt) / 1_000, 1)
process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : table(results))
