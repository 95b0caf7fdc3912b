import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository's root, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Every file that the repository holds: what git tracks, and what is new and not ignored. */
export function repositoryFiles(): readonly string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return [...new Set(list.split('\0'))].filter((name) => name !== '' && exists(name)).sort()
}

export function textOf(name: string): string {
  return readFileSync(ROOT + name, 'utf8')
}

function exists(name: string): boolean {
  try {
    readFileSync(ROOT + name)
    return true
  } catch {
    return false
  }
}
