import { createHash } from 'node:crypto'
import { Agent, request } from 'node:https'
import { isIP } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { AskFirstError } from '@askfirst/protocol/errors.ts'

/** Proxy of the organisation, in the words of the environment variables. */
export interface ProxySettings {
  /** `http://[user:password@]host:port`; absent: none. */
  readonly httpsProxy?: string
  /** Hosts that are reached without it, comma-separated; absent: none. */
  readonly noProxy?: string
}

export interface ServerAddress {
  readonly host: string
  readonly port: number
}

const CONNECT_MS = 20_000

/** An HTTPS agent for one server that speaks TLS 1.3 only and goes through the proxy, if there is one. */
export function httpsAgent(proxy: ProxySettings): Agent {
  const proxyEnv = {
    ...(proxy.httpsProxy === undefined ? {} : { HTTPS_PROXY: proxy.httpsProxy }),
    ...(proxy.noProxy === undefined ? {} : { NO_PROXY: proxy.noProxy }),
  }
  // One cached session per server: a reconnect resumes TLS, which halves the server's work in a storm.
  return new Agent({ keepAlive: false, maxCachedSessions: 1, minVersion: 'TLSv1.3', proxyEnv })
}

/** TLS server name of a host; an IP address has none (RFC 6066, section 3). */
export function serverName(host: string): string {
  return isIP(host) === 0 ? host : ''
}

/**
 * Asks the server for its chain and picks the certificate with the pinned SHA-256 out of it. Nothing is sent but a bare
 * request line; the real conversation opens a second connection that trusts this certificate alone.
 *
 * @returns PEM of the authority
 * @throws AskFirstError `CERTIFICATE_REFUSED` when the chain does not hold it, `UNAVAILABLE` when nobody answers
 */
export async function fetchPinnedAuthority(
  server: ServerAddress,
  sha256: Uint8Array,
  proxy: ProxySettings,
): Promise<string> {
  const chain = await presentedChain(server, proxy)
  const pinned = chain.find((der) => createHash('sha256').update(der).digest().equals(sha256))
  if (pinned === undefined) {
    throw new AskFirstError(
      'CERTIFICATE_REFUSED',
      `The server at ${server.host}:${server.port} did not show the authority that the enrolment code names. Either the code is for another server, or something stands between this computer and the server.`,
    )
  }
  return `-----BEGIN CERTIFICATE-----\n${pinned.toString('base64').replaceAll(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`
}

async function presentedChain(server: ServerAddress, proxy: ProxySettings): Promise<readonly Buffer[]> {
  const agent = httpsAgent(proxy)
  try {
    return await new Promise((resolve, reject) => {
      const probe = request({
        ...server,
        agent,
        method: 'HEAD',
        path: '/',
        servername: serverName(server.host),
        // Only the chain is read here; whether it is the right one is decided by the pin.
        rejectUnauthorized: false,
        timeout: CONNECT_MS,
      })
      probe.on('socket', (socket) => {
        const read = () => resolve(chainOf((socket as TLSSocket).getPeerCertificate(true))) // https gives TLS sockets.
        if (socket.connecting || !(socket as TLSSocket).authorizationError) socket.once('secureConnect', read)
        else read()
      })
      probe.on('response', (response) => {
        resolve(chainOf((response.socket as TLSSocket).getPeerCertificate(true)))
        response.destroy()
      })
      probe.on('timeout', () => probe.destroy(new Error(`no answer within ${CONNECT_MS} ms`)))
      probe.on('error', (cause) => reject(unreachable(server, cause)))
      probe.end()
    })
  } finally {
    agent.destroy()
  }
}

function chainOf(leaf: DetailedPeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = []
  let at: DetailedPeerCertificate | undefined = leaf
  while (at?.raw !== undefined && chain.length < 8 && !chain.some((der) => der.equals(at?.raw ?? der))) {
    chain.push(at.raw)
    at = at.issuerCertificate
  }
  return chain
}

/** The error for a server that cannot be reached, with what a person can do. */
export function unreachable(server: ServerAddress, cause: Error): AskFirstError {
  return new AskFirstError(
    'UNAVAILABLE',
    `No connection to ${server.host}:${server.port}: ${cause.message}. Check address, network and proxy.`,
    { cause },
  )
}
