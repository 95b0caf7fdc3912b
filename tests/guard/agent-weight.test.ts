import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/repository.ts'

/** `import … from '…'` and `export … from '…'` that load code; types and `import()` load nothing at the start. */
const LOADED = /^(?:import|export) (?!type )[^'()]*?from '([^']+)'|^import '([^']+)'/gm

/** Every module that starting at one file loads: files of the repository by path, packages by name. */
function loadedBy(entry: string): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (file: string): void => {
    if (found.has(file)) return
    found.add(file)
    for (const [, from, bare] of readFileSync(join(ROOT, file), 'utf8').matchAll(LOADED)) {
      const name = from ?? bare ?? ''
      if (name.startsWith('.')) visit(relative(ROOT, join(ROOT, dirname(file), name)))
      else if (name.startsWith('@askfirst/')) visit(name.slice('@askfirst/'.length))
      else found.add(name)
    }
  }
  visit(entry)
  return found
}

const agent = [...loadedBy('agent/agent.ts')]

describe('the process of the agent, which holds the key and the connection', () => {
  it('[R10] loads the declarations of collectors and none of the code that reads the machine', () => {
    expect(agent).toContain('agent/collectors/process-list.ts')
    const reading =
      /^agent\/(collectors\/[a-z-]+\/(linux|macos|windows)|redaction\/redactor|platform\/(commands|files|volume))/
    expect(agent.filter((name) => reading.test(name))).toEqual([])
  })

  it('loads nothing of the pages, which are another process with no key and no connection', () => {
    expect(agent.filter((name) => name.startsWith('agent/ui/'))).toEqual([])
  })

  it('loads no package but the socket and the lighter parts of the schemas', () => {
    const packages = agent.filter((name) => !name.endsWith('.ts') && !name.startsWith('node:'))
    expect(packages.toSorted()).toEqual(['typebox', 'typebox/schema', 'ws'])
  })
})
