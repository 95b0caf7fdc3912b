import { describe, expect, it } from 'vitest'
import { readmeWithCatalogue } from '../../scripts/agent-catalogue.ts'
import { repositoryFiles, textOf } from '../support/repository.ts'

const code = repositoryFiles().filter((name) => /^agent\/.*\.(ts|mjs)$/.test(name))

/** Files of the agent that import something of a module at run time. */
function importing(module: string): string[] {
  const statement = new RegExp(`^import (?!type)[^'"]*? from '${module}'|import\\('${module}'\\)`, 'm')
  return code.filter((name) => statement.test(textOf(name))).map((name) => name.slice('agent/'.length))
}

describe("what the agent's code can reach", () => {
  it('is the list of agent/README.md, which stands there as the collectors declare it', () => {
    const readme = textOf('agent/README.md')
    expect(readme).toBe(readmeWithCatalogue(readme))
  })

  it('starts programs in six files, and never through a shell', () => {
    expect(importing('node:child_process')).toEqual([
      'identity/machine-id.ts',
      'platform/accounts.ts',
      'platform/command-run.ts',
      'platform/process-tree.ts',
      'runtime/spawn-host.ts',
      'ui/open/start-program.ts',
    ])
    for (const name of code) {
      const text = textOf(name)
      expect(/\bshell: *(true|[`"'])/.test(text), name).toBe(false)
      const taken = [...text.matchAll(/^import \{([^}]*)\} from 'node:child_process'$/gm)].flatMap(([, names = '']) =>
        names.split(','),
      )
      expect(
        taken.filter((taken) => !['spawn', 'spawnSync', 'execFile', 'execFileSync'].includes(taken.trim())),
        name,
      ).toEqual([])
    }
  })

  it('runs no text as code', () => {
    for (const name of code)
      expect(/\beval\(|new Function\(|node:vm|import\((?!')/.test(textOf(name)), name).toBe(false)
  })

  it('opens connections in three files, and none in a collector, a parser or the consent book', () => {
    expect(importing('ws')).toEqual(['link/open-socket.ts'])
    expect(importing('node:https')).toEqual(['identity/enrol.ts', 'identity/pinned-server.ts'])
    // The person's own pages, on loopback (SPEC C23); the service does not load them.
    expect(importing('node:http')).toEqual(['ui/page-server.ts'])
    for (const module of ['node:http2', 'node:tls', 'node:dgram', 'node:dns', 'undici'])
      expect(importing(module), module).toEqual([])
    expect(code.filter((name) => /\bfetch\(/.test(textOf(name)))).toEqual([])
  })

  it('reads its environment in three files', () => {
    expect(code.filter((name) => /process\.env\b/.test(textOf(name)))).toEqual([
      'agent/config.ts',
      'agent/platform/config.ts',
      'agent/ui/config.ts',
    ])
  })

  it('has files as long as its README says, within a quarter', () => {
    const table = [...textOf('agent/README.md').matchAll(/^\| \[([^\]]+)\]\(\1\) \| (\d+) \|/gm)]
    expect(table.length).toBeGreaterThan(10)
    for (const [, name = '', stated] of table) {
      const lines = textOf(`agent/${name}`).split('\n').length
      expect(Math.abs(lines - Number(stated)) / lines, `${name} has ${lines} lines`).toBeLessThan(0.25)
    }
  })
})
