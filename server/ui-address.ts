import type { ServerConfig } from './config.ts'
import { isLoopback } from './config.ts'

/** Where people reach the server, once its port is known. */
export interface UiAddress {
  readonly url: string
  readonly https: boolean
  /** Origins of the server's own pages. */
  readonly origins: ReadonlySet<string>
  /** Host names under which requests are answered; null: any, because something before this server decides that. */
  readonly hostNames: ReadonlySet<string> | null
}

/**
 * The address that browsers show. Without `publicUrl` the server is reached on loopback only, under any of its names.
 */
export function uiAddress(config: Pick<ServerConfig, 'listen' | 'publicUrl' | 'tlsCert'>, port: number): UiAddress {
  const scheme = config.tlsCert === null ? 'http' : 'https'
  const own = new URL(config.publicUrl ?? `${scheme}://${inUrl(config.listen)}:${port}`).origin
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].map((host) => new URL(`${scheme}://${host}:${port}`).origin)
  const isLocal = isLoopback(config.listen) && config.publicUrl === null
  const origins = new Set(isLocal ? [own, ...loopback] : [own])
  const hostNames = isLocal ? new Set([...origins].map((origin) => new URL(origin).hostname)) : null
  return { url: own, https: own.startsWith('https:'), origins, hostNames }
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
