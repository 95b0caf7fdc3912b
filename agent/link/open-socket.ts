import type { Agent } from 'node:https'
import { isIPv6 } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { SUBPROTOCOL } from '@askfirst/protocol/version.ts'
import { WebSocket } from 'ws'
import type { Identity } from '../identity/identity.ts'
import { serverName } from '../identity/pinned-server.ts'

const HANDSHAKE_MS = 30_000

/**
 * Opens the WebSocket to the agent's server (SPEC W1 to W3): TLS 1.3 with the device's certificate, trusting the pinned
 * authority alone, no compression, no redirects. The https agent brings the proxy and resumes TLS sessions.
 */
export function openSocket(identity: Identity, agent: Agent): WebSocket {
  const host = isIPv6(identity.host) ? `[${identity.host}]` : identity.host
  const tls: ConnectionOptions = {
    ca: [identity.authorityPem],
    cert: identity.certificatePem,
    key: identity.keyPem,
    servername: serverName(identity.host),
    minVersion: 'TLSv1.3',
    rejectUnauthorized: true,
  }
  return new WebSocket(`wss://${host}:${identity.port}/link`, [SUBPROTOCOL], {
    ...tls,
    agent,
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: LIMITS.maxTextFrameBytes,
    handshakeTimeout: HANDSHAKE_MS,
  })
}
