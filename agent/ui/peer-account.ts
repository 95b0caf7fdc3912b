import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const

/**
 * The account at the other end of a connection from this machine, as Linux lists it; null where that cannot be told. Others
 * may try the port, but with this a stolen cookie is of no use to them.
 *
 * @param read contents of a file; throws when it is not there
 */
export function peerAccount(
  socket: Pick<Socket, 'remotePort' | 'localPort'>,
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): number | null {
  const [peer, own] = [hexPort(socket.remotePort), hexPort(socket.localPort)]
  for (const table of TABLES) {
    for (const line of linesOf(table, read)) {
      // sl local_address rem_address st tx:rx tr:tm retrnsmt uid (Linux, Documentation/networking/proc_net_tcp)
      const [, local = '', remote = '', , , , , uid = ''] = line.trim().split(/\s+/)
      if (local.endsWith(`:${peer}`) && remote.endsWith(`:${own}`) && /^\d+$/.test(uid)) return Number(uid)
    }
  }
  return null
}

function linesOf(path: string, read: (path: string) => string): readonly string[] {
  try {
    return read(path).split('\n').slice(1)
  } catch {
    return [] // Another system.
  }
}

function hexPort(port: number | undefined): string {
  return (port ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
