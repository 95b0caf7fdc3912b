/**
 * Writes agent/DEPENDENCIES.txt: every package that runs in the agent, from the lock file. A
 * guard test compares the file with the lock.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface LockedPackage {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly link?: boolean
  readonly resolved?: string
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Text of the list: one package a line with version, licence and integrity, the agent's own workspaces left out. */
export function agentDependencies(): string {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, LockedPackage>
  }
  const found = new Map<string, LockedPackage>()
  const walk = (from: string, dependencies: Readonly<Record<string, string>> = {}): void => {
    for (const name of Object.keys(dependencies)) {
      const place = locate(lock.packages, from, name)
      const entry = lock.packages[place]
      if (entry === undefined || found.has(place)) continue
      const target = entry.link === true ? (entry.resolved ?? '') : place
      if (entry.link !== true) found.set(place, entry)
      walk(target, lock.packages[target]?.dependencies)
    }
  }
  walk('agent', lock.packages.agent?.dependencies)
  const lines = [...found].map(([place, entry]) => {
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
    return `${name}@${entry.version ?? ''} ${entry.license ?? 'no licence stated'} ${entry.integrity ?? ''}`
  })
  return `Every package that runs in the agent, from the lock file (made by scripts/dependencies.ts):\n\n${lines.sort().join('\n')}\n`
}

/** Where npm finds a package from a place: the nearest node_modules upwards. */
function locate(packages: Readonly<Record<string, LockedPackage>>, from: string, name: string): string {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (packages[place] !== undefined || at === '') return place
  }
}

if (import.meta.main) writeFileSync(`${root}agent/DEPENDENCIES.txt`, agentDependencies())
