import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { hostPlatform } from '../platform/host-platform.ts'
import { scrubbedEnvironment } from '../platform/scrubbed-environment.ts'

/** An unprivileged account for the host; only a root agent can change to it. */
export interface CollectorUser {
  readonly uid: number
  readonly gid: number
}

const IONICE = '/usr/bin/ionice'
/** Rows stream through: the host needs little. V8 ends a host that wants more. */
const MAX_HEAP_MIB = 192
/**
 * Node's permission model: the host may read files, start programs and threads. It can write no file and open no
 * connection, whatever a collector tries.
 */
const PERMISSIONS = ['--permission', '--allow-fs-read=*', '--allow-child-process', '--allow-worker']
/** Rows are short-lived: a larger young heap costs memory, and the time to get it from the system, and saves nothing. */
const HEAP = [`--max-old-space-size=${MAX_HEAP_MIB}`, '--max-semi-space-size=1']
const FLAGS = ['--no-warnings', ...HEAP, ...PERMISSIONS]

/**
 * Starts the collector host's process: own process group, idle I/O class, scrubbed environment, one pipe besides
 * standard error. It gets neither the device's key nor the agent's socket. It gives itself the lowest processor
 * priority before it reads anything; until then it only loads its own code, and on a busy machine a person waits for that.
 */
export function spawnHost(entry: URL, user: CollectorUser | undefined): ChildProcess {
  const platform = hostPlatform()
  const args = [...FLAGS, fileURLToPath(entry)]
  const wrapped = platform === 'linux' && existsSync(IONICE)
  const [program, programArgs] = wrapped ? [IONICE, ['-c', '3', execPath, ...args]] : [execPath, args]
  return spawn(program, programArgs, {
    shell: false,
    detached: platform !== 'win32',
    windowsHide: true,
    env: scrubbedEnvironment(platform),
    stdio: ['ignore', 'ignore', 'pipe', platform === 'win32' ? 'overlapped' : 'pipe'],
    ...(user === undefined ? {} : user),
  })
}
