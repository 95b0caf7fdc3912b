import { execFile, execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { platform } from 'node:process'
import { systemRoot } from './config.ts'
import { scrubbedEnvironment } from './scrubbed-environment.ts'

/** Longest wait for the list of processes on systems without /proc. */
const LIST_TIMEOUT_MS = 1_000

/**
 * Kills a process and all that descend from it, at once and without asking (SIGKILL; `taskkill /T /F` on Windows). A
 * process that is gone already is no error. Descendants are looked up before the first kill, because an orphan no
 * longer tells who its parent was.
 */
export function killTree(pid: number): void {
  if (platform === 'win32') {
    taskkill(pid)
    return
  }
  const doomed = [pid, ...descendantsOf(pid, platform === 'linux' ? parentsFromProc() : parentsFromPs())]
  for (const member of doomed) kill(member)
}

/** Kills every process of the group that `leader` leads, and what descends from it in other groups. */
export function killGroup(leader: number): void {
  if (platform === 'win32') {
    taskkill(leader)
    return
  }
  kill(-leader)
  killTree(leader)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: it is gone, which is what was wanted. EPERM: the number belongs to someone else's process by now.
    if (!isGone(error)) throw error
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')
}

function taskkill(pid: number): void {
  const program = `${systemRoot()}\\System32\\taskkill.exe`
  const options = { env: scrubbedEnvironment('win32'), windowsHide: true, timeout: LIST_TIMEOUT_MS }
  // Its failure means that the process is gone: there is nothing more to do.
  execFile(program, ['/PID', String(pid), '/T', '/F'], options, () => undefined)
}

function descendantsOf(root: number, parents: ReadonlyMap<number, number>): number[] {
  const found = new Set([root])
  for (let grew = true; grew; ) {
    grew = false
    for (const [pid, parent] of parents) {
      if (!found.has(parent) || found.has(pid)) continue
      found.add(pid)
      grew = true
    }
  }
  found.delete(root)
  return [...found]
}

function parentsFromProc(): Map<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = parentOf(name)
    if (parent !== null) parents.set(Number(name), parent)
  }
  return parents
}

/** Field 4 of /proc/PID/stat (proc_pid_stat(5)); it follows the program's name, which may itself hold brackets. */
function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])
  } catch {
    return null // The process ended between the listing and the reading.
  }
}

function parentsFromPs(): Map<number, number> {
  const options = { env: scrubbedEnvironment('darwin'), timeout: LIST_TIMEOUT_MS, encoding: 'utf8' } as const
  const parents = new Map<number, number>()
  for (const line of execFileSync('/bin/ps', ['-axo', 'pid=,ppid='], options).split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/)
    if (pid !== undefined && parent !== undefined) parents.set(Number(pid), Number(parent))
  }
  return parents
}
