import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Longest path of a Unix socket on all systems (macOS: 104 bytes with the closing zero). */
const MAX_SOCKET_PATH = 103

/**
 * Where the agent listens for this machine's people: a Unix socket in the run directory, on Windows a named pipe. Whoever
 * sits there proves that it is the agent, so the place needs no protection of its own. A path that is too long for a
 * socket is replaced by one in the temporary directory, named by its hash.
 */
export function localAddress(runDir: string): string {
  const name = createHash('sha256').update(resolve(runDir)).digest('hex').slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\askfirst-agent-${name}`
  const path = join(resolve(runDir), 'agent.sock')
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH ? path : join(tmpdir(), `askfirst-${name}.sock`)
}

/** Folder of the secrets, one file per account. */
export function secretsFolder(runDir: string): string {
  return join(runDir, 'secrets')
}
