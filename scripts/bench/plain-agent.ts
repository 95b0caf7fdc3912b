import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { ROOT } from '../lib/processes.ts'

/** Folders that the agent's program consists of. */
const PARTS = ['agent', 'protocol']
const SPECIFIER = /(['"])((?:\.{1,2}\/|@askfirst\/)[^'"\n]*)\.ts\1/g

/**
 * Copies the agent without its types, as a package would ship it, so that the cost of running `.ts` unbuilt shows.
 *
 * @returns its program
 */
export function makePlainAgent(folder: string): string {
  for (const part of PARTS) {
    for (const entry of readdirSync(join(ROOT, part), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.parentPath.includes('node_modules')) continue
      const from = join(entry.parentPath, entry.name)
      copyPlain(from, join(folder, from.slice(ROOT.length)))
    }
  }
  linkPackages(folder)
  return join(folder, 'agent/bin/askfirst-agent.mjs')
}

function copyPlain(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  if (/\.(ts|mjs)$/.test(from)) {
    const text = readFileSync(from, 'utf8')
    const plain = from.endsWith('.ts') ? stripTypeScriptTypes(text) : text
    writeFileSync(to.replace(/\.ts$/, '.js'), plain.replaceAll(SPECIFIER, '$1$2.js$1'))
  } else if (from.endsWith('package.json')) cpSync(from, to)
}

function linkPackages(folder: string): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@askfirst'), { recursive: true })
  symlinkSync(join(folder, 'protocol'), join(modules, '@askfirst/protocol'))
  // Shape of every package.json.
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'agent/package.json'), 'utf8')) as {
    readonly dependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies)) {
    if (!name.startsWith('@askfirst/')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
}
