import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ROOT } from '../support/repository.ts'

const DIST = join(ROOT, 'server', 'web', 'dist')
/** KB of JavaScript, packed, that a browser loads before it shows anything (issue 3). */
const MOST_EAGER_KB = 180

/** The script of the start page and all that it imports before it runs, transitively. */
function eagerScripts(): readonly string[] {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
  const found = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[\w.-]+\.js)"/g)].map(([, file = '']) => file))
  for (const file of found) {
    const code = readFileSync(join(DIST, file), 'utf8')
    for (const [, name = ''] of code.matchAll(/(?:^|[;}\s])(?:import|export)[^;()]*?["']\.\/([\w.-]+\.js)["']/g))
      found.add(`assets/${name}`)
  }
  return [...found]
}

test('the start page loads at most 180 KB of packed JavaScript', () => {
  expect(existsSync(join(DIST, 'index.html')), 'the pages are built before the tests (scripts/ensure-web.mjs)').toBe(
    true,
  )
  const scripts = eagerScripts()
  expect(scripts.length).toBeGreaterThan(0)
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length, 0)
  expect(bytes / 1_024).toBeLessThanOrEqual(MOST_EAGER_KB)
})
