import type { IncomingMessage, Server } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { CertificateAuthority } from '@askfirst/server/ca/authority.ts'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'

/** One connection of an agent, as the test's server sees it. */
export interface ScriptedConnection {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  /** Text frames in order, parsed. */
  readonly received: { readonly type: string; readonly [field: string]: unknown }[]
  /** Resolves with the close code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** A server with valid or invalid keys that says only what the test tells it to say. */
export class ScriptedServer {
  readonly #server: Server
  readonly connections: ScriptedConnection[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  /** Listens on 127.0.0.1 with a certificate of `issuer` for `hosts`; asks for certificates of `authority`. */
  static async listen(options: {
    readonly authority: CertificateAuthority
    readonly issuer?: CertificateAuthority
    readonly hosts?: readonly string[]
  }): Promise<ScriptedServer> {
    const issuer = options.issuer ?? options.authority
    const leaf = issuer.issueServer({ hosts: options.hosts ?? ['127.0.0.1'], now: Date.now(), lifetimeMs: 86_400_000 })
    const server = createServer({
      cert: leaf.pem + issuer.certificatePem,
      key: leaf.keyPem,
      ca: [options.authority.certificatePem],
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    })
    const scripted = new ScriptedServer(server)
    const sockets = new WebSocketServer({ server, perMessageDeflate: true })
    sockets.on('connection', (socket, request) => scripted.#take(socket, request))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return scripted
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port // A TCP listener's address is never a path.
  }

  close(): void {
    for (const { socket } of this.connections) socket.terminate()
    this.#server.close()
  }

  #take(socket: WebSocket, request: IncomingMessage): void {
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
    const connection: ScriptedConnection = { socket, request, received: [], closed: promise }
    socket.on('message', (content, isBinary) => {
      if (!isBinary) connection.received.push(JSON.parse(content.toString()))
    })
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    this.connections.push(connection)
  }
}
