import type { Stats } from 'node:fs'
import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AskFirstError } from '@askfirst/protocol/errors.ts'

const OTHERS_WRITE = 0o022
const OTHERS = 0o077

/**
 * Makes sure that the data directory is this account's alone before anything in it is believed: who can write there could
 * plant a permission, who can read there has the device's key. What others could only read is closed to them; what
 * others could change is not mended, because nobody can tell what they have put there.
 *
 * @param apart paths inside that are not the agent's own state, e.g. the policy file, which has a check of its own
 * @returns paths that others could read until now
 * @throws AskFirstError `DATA_DIRECTORY_UNSAFE` when it, or an entry of it, belongs to someone else, can be changed by others, or is a link
 */
export function secureDataDirectory(dataDir: string, apart: readonly string[]): readonly string[] {
  // Windows: the installer sets the folder's ACL, and everything inside inherits it.
  const directory = process.platform === 'win32' ? undefined : statSync(dataDir, { throwIfNoEntry: false })
  if (directory === undefined) return []
  check(dataDir, directory)
  const mended = closed(dataDir, directory, 0o700)
  for (const name of readdirSync(dataDir)) {
    const path = join(dataDir, name)
    if (apart.includes(path)) continue
    const entry = lstatSync(path)
    check(path, entry)
    if (entry.isFile()) mended.push(...closed(path, entry, 0o600))
  }
  return mended
}

function check(path: string, entry: Stats): void {
  if (entry.isSymbolicLink()) throw unsafe(path, 'is a link')
  if (entry.uid !== process.getuid?.()) throw unsafe(path, `belongs to the account with the number ${entry.uid}`)
  if ((entry.mode & OTHERS_WRITE) !== 0) throw unsafe(path, 'can be changed by other accounts')
}

function closed(path: string, entry: Stats, mode: number): string[] {
  if ((entry.mode & OTHERS) === 0) return []
  chmodSync(path, mode)
  return [path]
}

function unsafe(path: string, what: string): AskFirstError {
  return new AskFirstError(
    'DATA_DIRECTORY_UNSAFE',
    `${path} ${what}. Nobody can tell who put there what stands there: delete it, or enrol this computer anew with an empty data directory.`,
  )
}
