import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { SourceError } from '../runtime/collector-context.ts'

/**
 * The first of the given programs that exists and may be run.
 *
 * @param executables absolute paths
 * @throws SourceError `missing` when none exists, `denied` when one exists and may not be run
 * @throws TypeError when a path is not absolute: a search path could pick another program
 */
export async function findExecutable(executables: readonly string[]): Promise<string> {
  let denied: string | null = null
  for (const path of executables) {
    if (!isAbsolute(path)) throw new TypeError(`A collector names programs by absolute path, not "${path}"`)
    const state = await executableState(path)
    if (state === 'usable') return path
    if (state === 'denied') denied ??= path
  }
  if (denied !== null) throw new SourceError('denied', denied, `${denied} may not be run by this account.`)
  const names = executables.join(', ')
  throw new SourceError('missing', names, `None of these programs is installed: ${names}.`)
}

async function executableState(path: string): Promise<'usable' | 'denied' | 'missing'> {
  try {
    await access(path, constants.X_OK)
    return 'usable'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES' ? 'denied' : 'missing'
  }
}
