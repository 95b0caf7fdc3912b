import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TlsOptions } from 'node:tls'
import { zstdDecompressSync } from 'node:zlib'
import { decodeChunkFrame } from '@askfirst/protocol/frames.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { CertificateAuthority, createAuthority } from '@askfirst/server/ca/authority.ts'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'

export interface Heard {
  readonly type: string
  readonly [field: string]: unknown
}

/** A chunk as it came over the wire, with its rows as text. */
export interface HeardChunk {
  readonly runId: string
  readonly seq: number
  readonly rows: number
  readonly text: string
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface EvilServerOptions {
  readonly authority?: CertificateAuthority
  /** Who signed the server's certificate; absent: the authority. */
  readonly issuer?: CertificateAuthority
  readonly hosts?: readonly string[]
  readonly tls?: TlsOptions
  /** Changes the answer to an enrolment. */
  readonly enrolment?: (honest: Record<string, unknown>, request: IncomingMessage) => Answer
  /** Takes an upgrade over; true: it has. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex) => boolean
}

export function newAuthority(name = 'Example Ltd'): CertificateAuthority {
  const made = createAuthority(name, Date.now())
  return new CertificateAuthority(made.certificatePem, made.key)
}

/** One session of the agent, as the evil server has it. */
export class EvilConnection {
  readonly socket: WebSocket
  /** The TLS stream below the WebSocket. */
  readonly raw: Duplex
  readonly received: Heard[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  isClosed = false

  constructor(socket: WebSocket, raw: Duplex) {
    this.socket = socket
    this.raw = raw
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.isClosed = true
        resolve({ code, reason: reason.toString() })
      })
    })
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** Writes bytes past the WebSocket library: frames that it would never make. */
  sayRaw(bytes: Uint8Array): void {
    this.raw.write(bytes)
  }
}

/**
 * A control server with all valid keys that does what it likes, and keeps every byte it was told. What it says by itself
 * is only what keeps a session going: welcome, pong and, while it has manners, acknowledgements.
 */
export class EvilServer {
  readonly authority: CertificateAuthority
  readonly connections: EvilConnection[] = []
  readonly chunks: HeardChunk[] = []
  /** Every text that arrived: frames, paths, headers, bodies. */
  readonly texts: string[] = []
  /** Fields of the next welcomes; `null` says nothing. */
  welcome: ((hello: Heard) => Record<string, unknown>) | null = () => ({})
  hasManners = true
  deviceId = makeId('dev', Date.now(), randomBytes(10))
  readonly #server: Server
  readonly #options: EvilServerOptions

  private constructor(server: Server, authority: CertificateAuthority, options: EvilServerOptions) {
    this.#server = server
    this.authority = authority
    this.#options = options
  }

  static async listen(options: EvilServerOptions = {}, port = 0): Promise<EvilServer> {
    const authority = options.authority ?? newAuthority()
    const issuer = options.issuer ?? authority
    const leaf = issuer.issueServer({ hosts: options.hosts ?? ['127.0.0.1'], now: Date.now(), lifetimeMs: 86_400_000 })
    const server = createServer({
      cert: leaf.pem + issuer.certificatePem,
      key: leaf.keyPem,
      ca: [authority.certificatePem],
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      ...options.tls,
    })
    const evil = new EvilServer(server, authority, options)
    const sockets = new WebSocketServer({ noServer: true, maxPayload: 4_194_304 })
    server.on('request', (request, response) => void evil.#enrol(request, response))
    server.on('upgrade', (request, raw, head) => {
      evil.#note(request)
      if (options.upgrade?.(request, raw) === true) return
      sockets.handleUpgrade(request, raw, head, (socket) => evil.#take(new EvilConnection(socket, raw)))
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return evil
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port // A TCP listener's address is never a path.
  }

  /** The session that is open now. */
  get now(): EvilConnection {
    const open = this.connections.findLast((connection) => !connection.isClosed)
    if (open === undefined) throw new Error('No agent is connected')
    return open
  }

  /** Whether an agent is connected and has said hello. */
  get isGreeted(): boolean {
    return this.connections.some(({ isClosed, received }) => !isClosed && received.length > 0)
  }

  /** Everything that any session brought, in order. */
  get received(): readonly Heard[] {
    return this.connections.flatMap((connection) => connection.received)
  }

  /** Cuts every session without a goodbye. */
  cut(): void {
    for (const connection of this.connections) {
      connection.isClosed = true
      connection.socket.terminate()
    }
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #take(connection: EvilConnection): void {
    this.connections.push(connection)
    connection.socket.on('error', () => undefined) // What the agent makes of evil frames shows in its close code.
    connection.socket.on('message', (content, isBinary) => {
      const bytes = Buffer.isBuffer(content) ? content : Buffer.concat(content as Buffer[])
      if (isBinary) this.#chunk(connection, bytes)
      else this.#text(connection, bytes.toString('utf8'))
    })
  }

  #text(connection: EvilConnection, text: string): void {
    this.texts.push(text)
    const message: Heard = JSON.parse(text)
    connection.received.push(message)
    if (message.type === 'link.hello') this.#greet(connection, message)
    if (message.type === 'link.ping')
      connection.say({ type: 'link.pong', nonce: message.nonce, clock: new Date().toISOString() })
    if (message.type === 'run.end' && this.hasManners) connection.say({ type: 'run.recorded', runId: message.runId })
  }

  #greet(connection: EvilConnection, hello: Heard): void {
    if (this.welcome === null) return
    connection.say({ ...this.honestWelcome(hello), ...this.welcome(hello) })
  }

  honestWelcome(hello: Heard): Record<string, unknown> {
    const openRuns = hello.openRuns as readonly { readonly runId: string }[] // As the protocol has it.
    return {
      type: 'link.welcome',
      protocol: 1,
      deviceId: this.deviceId,
      standing: 'active',
      organisation: { name: 'Example Ltd', contact: 'help@example.test' },
      needCatalogue: false,
      heartbeatMs: 60_000,
      creditBytes: 65_536,
      resume: openRuns.map(({ runId }) => ({ runId, nextSeq: this.#has(runId), state: 'wanted' })),
      certificateExpiresAt: '2027-01-01T00:00:00.000Z',
    }
  }

  #has(runId: string): number {
    return new Set(this.chunks.filter((chunk) => chunk.runId === runId).map(({ seq }) => seq)).size
  }

  #chunk(connection: EvilConnection, bytes: Buffer): void {
    const frame = decodeChunkFrame(bytes)
    if ('reason' in frame) throw new Error(`The agent sent a bad frame: ${frame.reason}`)
    const { runId, seq, rows } = frame.header
    this.chunks.push({ runId, seq, rows, text: zstdDecompressSync(frame.body).toString('utf8') })
    if (this.hasManners) connection.say({ type: 'chunk.ack', runId, nextSeq: seq + 1, creditBytes: 65_536 })
  }

  async #enrol(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#note(request)
    let body = ''
    for await (const part of request) body += String(part)
    this.texts.push(body)
    const { status, headers, body: answer } = this.#enrolmentAnswer(request, body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(answer === undefined ? '' : JSON.stringify(answer))
  }

  #enrolmentAnswer(request: IncomingMessage, body: string): Answer {
    if (request.method !== 'POST') return { status: 404 }
    const { csr: csrPem } = JSON.parse(body) as { csr: string } // The agent's own request.
    const honest = {
      deviceId: this.deviceId,
      standing: 'active',
      certificate: this.issue(csrPem).pem,
      chain: this.authority.certificatePem,
      certificateExpiresAt: '2027-01-01T00:00:00.000Z',
    }
    return this.#options.enrolment?.(honest, request) ?? { status: 201, body: honest }
  }

  /** A certificate for a signing request, by default for the device and for a day. */
  issue(
    csrPem: string,
    change: { readonly deviceId?: DeviceId; readonly now?: number; readonly lifetimeMs?: number } = {},
  ) {
    return this.authority.issueDevice({
      deviceId: this.deviceId,
      csrPem,
      now: Date.now(),
      lifetimeMs: 86_400_000,
      ...change,
    })
  }

  #note(request: IncomingMessage): void {
    this.texts.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
  }
}
