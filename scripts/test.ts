/**
 * `npm test`: every test. What a machine lacks (PostgreSQL, recordings) is skipped with one clear line each by the test
 * that needs it, and is an error when CI=true. Arguments after `--` go to the test runner, e.g. `npm test -- tests/unit`.
 */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const runner = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const result = spawnSync(
  process.execPath,
  [runner, 'run', '--config', 'tests/vitest.config.ts', ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
process.exit(result.status ?? 1)
