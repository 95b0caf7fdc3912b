import type { ServerConfig } from './config.ts'
import { isLoopback } from './config.ts'

/** Where people reach the server, once its port is known. */
export interface UiAddress {
  readonly url: string
  readonly https: boolean
  /** Origins of the server's own pages. */
  readonly origins: ReadonlySet<string>
}

/**
 * The address that browsers show. Without `publicUrl` the server is reached on loopback only, under any of its names.
 */
export function uiAddress(config: Pick<ServerConfig, 'listen' | 'publicUrl' | 'tlsCert'>, port: number): UiAddress {
  const scheme = config.tlsCert === null ? 'http' : 'https'
  const own = new URL(config.publicUrl ?? `${scheme}://${inUrl(config.listen)}:${port}`).origin
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].map((host) => new URL(`${scheme}://${host}:${port}`).origin)
  const origins = new Set(isLoopback(config.listen) && config.publicUrl === null ? [own, ...loopback] : [own])
  return { url: own, https: own.startsWith('https:'), origins }
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
