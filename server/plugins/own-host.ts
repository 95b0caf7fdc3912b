import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { App } from '../app-types.ts'

/**
 * Refuses requests under another name than this server's. A page of any site can let its own name point to 127.0.0.1
 * (DNS rebinding); to the browser the server is then part of that site, and only the Host header tells.
 *
 * @param names host names without port, IPv6 addresses in brackets; null: the server may be called anything
 */
export function registerOwnHost(app: App, names: () => ReadonlySet<string> | null): void {
  app.addHook('onRequest', async (request) => {
    const known = names()
    // Of two Host headers Node gives the first; another program on the way may have read the second (RFC 9112, 3.2).
    if (known === null || (isSingle(request.raw.rawHeaders) && known.has(hostName(request.headers.host)))) return
    throw new AskFirstError('INVALID_REQUEST', 'The Host header does not name this server; set publicUrl if it should.')
  })
}

function isSingle(rawHeaders: readonly string[]): boolean {
  return rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length === 1
}

/** The host of a Host header; empty when it has another form. */
function hostName(header: string | undefined): string {
  return /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(:\d{1,5})?$/.exec(header?.toLowerCase() ?? '')?.[1] ?? ''
}
