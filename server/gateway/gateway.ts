import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:https'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import { SUBPROTOCOL } from '@askfirst/protocol/version.ts'
import type { Logger } from 'pino'
import type { RawData, WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { Bus } from '../bus/bus.ts'
import type { CertificateAuthority } from '../ca/authority.ts'
import type { Clock } from '../clock.ts'
import type { RevocationList } from '../devices/device-service.ts'
import type { Device } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { checkPeer } from './check-peer.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { EnrolEndpoint } from './enrol-endpoint.ts'
import type { ChunkIngest } from './ingest.ts'
import type { LastSeen } from './last-seen.ts'
import type { PeerCertificate } from './peer-certificate.ts'
import { readPeerCertificate } from './peer-certificate.ts'
import type { RevokedCertificates } from './refuse-handshake.ts'
import { handshakeProblem } from './refuse-handshake.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { makeAgentsContext } from './secure-context.ts'
import type { DeviceIdentity } from './session.ts'
import { AgentSession } from './session.ts'
import type { SessionTable } from './session-table.ts'
import { openTicketKeys } from './ticket-keys.ts'

/** Bounds of the agents' port, in ms and numbers. */
const GATEWAY_LIMITS = {
  handshakeMs: 10_000,
  /** From the first byte to the whole head of a request. */
  headersMs: 10_000,
  requestMs: 15_000,
  helloMs: 10_000,
  /** How long a peer may take for the closing handshake. */
  closingMs: 5_000,
  maxConnections: 30_000,
  /** Upgrades whose certificate is being looked up. */
  maxUpgrades: 2_048,
  sweepMs: 1_000,
  missedHeartbeats: 3,
  crlRefreshMs: 3_600_000,
} as const

/** Facts of the agents' port that operators watch, in Unix ms. */
export interface ListenerStanding {
  readonly revocationListMadeAt: number
  readonly certificateEndsAt: number
}

export interface GatewayDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly authority: CertificateAuthority
  readonly table: SessionTable
  readonly dispatcher: Dispatcher
  readonly ingest: ChunkIngest
  readonly lastSeen: LastSeen
  readonly enrol: EnrolEndpoint
  /** Directory of keys and certificates, 0700. */
  readonly directory: string
  readonly hosts: readonly string[]
  readonly heartbeatMs: number
  readonly maxConnections?: number
  readonly crlRefreshMs?: number
}

/** The agents' port: TLS with client certificates, `POST /enrol`, and one WebSocket session a device. */
export class Gateway implements RevocationList {
  readonly #deps: GatewayDeps
  readonly #sockets: WebSocketServer
  readonly #sessions = new Map<WebSocket, AgentSession>()
  /** The newest connection of a device; it may not have said hello yet. */
  readonly #newest = new Map<DeviceId, AgentSession>()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #onMessage: (this: WebSocket, data: RawData, isBinary: boolean) => void
  readonly #onClose: (this: WebSocket) => void
  readonly #onError: (this: WebSocket, error: Error) => void
  #server: Server | null = null
  #standing: ListenerStanding | null = null
  #revoked: RevokedCertificates = { revoked: new Set(), revokedUntil: 0 }
  /** Certificates of connections between handshake and upgrade. */
  readonly #peers = new WeakMap<TLSSocket, PeerCertificate>()
  #ticketKeys: Buffer = Buffer.alloc(0)
  #upgrades = 0
  #unsubscribe: () => void = () => undefined
  #refreshing: Promise<void> = Promise.resolve()
  #isClosing = false

  constructor(deps: GatewayDeps) {
    this.#deps = deps
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: LIMITS.maxTextFrameBytes,
      perMessageDeflate: false,
      handleProtocols: () => SUBPROTOCOL,
    })
    // One function for all sockets: a closure a socket would cost memory for each of the tens of thousands.
    const sessions = this.#sessions
    this.#onMessage = function (data, isBinary) {
      const session = sessions.get(this)
      if (session !== undefined && Buffer.isBuffer(data)) deps.dispatcher.receive(session, data, isBinary)
    }
    const left = (socket: WebSocket): void => this.#left(socket)
    this.#onClose = function () {
      left(this)
    }
    this.#onError = function (error) {
      deps.log.debug({ err: error, deviceId: sessions.get(this)?.deviceId }, 'agent socket failed')
    }
  }

  /**
   * Listens for agents.
   *
   * @returns the port; give port 0 for a free one
   */
  async listen(address: { readonly host: string; readonly port: number }): Promise<number> {
    this.#ticketKeys = await openTicketKeys(this.#deps.directory, this.#deps.clock.now())
    const server = createServer({
      ...(await this.#context()),
      requestCert: true,
      // An enrolling machine has no certificate yet; the upgrade checks it, and there nothing passes without one.
      rejectUnauthorized: false,
      handshakeTimeout: GATEWAY_LIMITS.handshakeMs,
      maxHeaderSize: 8_192,
      headersTimeout: GATEWAY_LIMITS.headersMs,
      requestTimeout: GATEWAY_LIMITS.requestMs,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: GATEWAY_LIMITS.sweepMs,
    })
    server.maxConnections = this.#deps.maxConnections ?? GATEWAY_LIMITS.maxConnections
    this.#deps.enrol.onReinstalled = () => this.refresh()
    server.on('request', (request, response) => void this.#deps.enrol.handle(request, response))
    server.on(
      'upgrade',
      (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.#upgrade(request, socket, head),
    )
    // Before HTTP gets the socket: a peer whose certificate is refused gets no answer at all (SPEC H9).
    server.prependListener('secureConnection', (socket) => this.#secured(socket))
    server.on('tlsClientError', (error) => this.#deps.log.debug({ err: error }, 'TLS handshake failed'))
    this.#server = server
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(address.port, address.host, resolve)
    await promise
    this.#startTimers()
    // A TCP listener's address is never a path.
    return (server.address() as AddressInfo).port
  }

  /** Makes the revocation list again and closes the sessions of what is revoked (SPEC H9). */
  refresh(): Promise<void> {
    const next = this.#refreshing.then(async () => {
      if (this.#server !== null) this.#server.setSecureContext(await this.#context())
    })
    this.#refreshing = next.catch((error: unknown) => {
      this.#deps.log.error({ err: error }, 'the revocation list could not be made again; the timer tries once more')
    })
    return next
  }

  /** How old the listener's revocation list and certificate are; null while it does not listen. */
  get standing(): ListenerStanding | null {
    return this.#standing
  }

  /** Says good-bye to all agents and stops listening. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#unsubscribe()
    for (const timer of this.#timers) clearInterval(timer)
    const server = this.#server
    if (server === null) return
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve())
    for (const session of this.#sessions.values()) session.close(CLOSE.serverRestart, 'the server restarts')
    const cut = setTimeout(() => this.#cutAll(server), 1_000)
    await promise
    clearTimeout(cut)
    await this.#refreshing
  }

  #cutAll(server: Server): void {
    for (const session of this.#sessions.values()) session.socket.terminate()
    server.closeAllConnections()
  }

  async #context() {
    const madeAt = this.#deps.clock.now()
    const { options, revoked, revokedUntil, certificateEndsAt } = await makeAgentsContext({
      ...this.#deps,
      ticketKeys: this.#ticketKeys,
    })
    this.#revoked = { revoked, revokedUntil }
    this.#standing = { revocationListMadeAt: madeAt, certificateEndsAt: Date.parse(certificateEndsAt) }
    for (const session of this.#sessions.values()) {
      if (revoked.has(session.identity.certificateSha256))
        session.close(CLOSE.certificateRevoked, 'the certificate is revoked')
    }
    return options
  }

  #startTimers(): void {
    this.#timers.push(setInterval(() => this.#sweep(), GATEWAY_LIMITS.sweepMs))
    this.#timers.push(setInterval(() => void this.refresh(), this.#deps.crlRefreshMs ?? GATEWAY_LIMITS.crlRefreshMs))
    for (const timer of this.#timers) timer.unref()
    this.#unsubscribe = this.#deps.bus.subscribe('*', ({ kind, topic, id }) => {
      // The publisher of a `device` event on a device's topic names the device.
      if (kind === 'device' && topic === `device/${id}`) void this.#followStanding(id as DeviceId)
    })
  }

  /** A device whose standing changed says hello again, so that both sides know where it stands. */
  async #followStanding(id: DeviceId): Promise<void> {
    const session = this.#deps.table.get(id)
    if (session === undefined) return
    try {
      const device = await this.#deps.store.devices.get(id)
      if (device?.standing === session.identity.standing) return
      if (device?.standing === 'revoked') session.close(CLOSE.certificateRevoked, 'the device is shut out')
      else session.close(CLOSE.serverRestart, 'the standing of the device changed; say hello again')
    } catch (error) {
      this.#deps.log.error({ err: error, deviceId: id }, 'the standing of a device could not be read')
    }
  }

  #secured(socket: TLSSocket): void {
    const certificate = readPeerCertificate(socket)
    // A machine that enrols has none yet.
    if (certificate === undefined) return
    this.#peers.set(socket, certificate)
    const problem = handshakeProblem(socket, certificate, this.#revoked, this.#deps.clock.now())
    if (problem === null) return
    this.#deps.log.warn({ reason: problem, address: socket.remoteAddress }, 'agent refused after the handshake')
    socket.destroy()
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', ignoreReset)
    if (this.#isClosing || this.#upgrades >= GATEWAY_LIMITS.maxUpgrades)
      return refuseUpgrade(socket, 'UNAVAILABLE', 'Too many connect at once.')
    const problem = headProblem(request)
    if (problem !== null) return refuseUpgrade(socket, 'INVALID_REQUEST', problem)
    if (!(socket instanceof TLSSocket)) return refuseUpgrade(socket, 'CERTIFICATE_REFUSED', 'TLS is required.')
    this.#upgrades += 1
    try {
      const certificate = this.#peers.get(socket)
      // An idle session holds nothing that it does not need.
      this.#peers.delete(socket)
      const verdict = await checkPeer(socket, certificate, this.#deps)
      if (verdict.ok) this.#accept(request, { ...verdict, socket, head })
      else {
        this.#deps.log.warn({ reason: verdict.reason, address: socket.remoteAddress }, 'agent refused')
        refuseUpgrade(
          socket,
          'CERTIFICATE_REFUSED',
          verdict.revoked ? 'The certificate is revoked.' : 'The certificate is not accepted.',
        )
      }
    } catch (error) {
      this.#deps.log.error({ err: error }, 'an agent could not be checked')
      refuseUpgrade(socket, 'UNAVAILABLE', 'The certificate could not be checked just now.')
    } finally {
      this.#upgrades -= 1
    }
  }

  #accept(
    request: IncomingMessage,
    peer: {
      readonly socket: Duplex
      readonly head: Buffer
      readonly identity: DeviceIdentity
      readonly device: Device
    },
  ): void {
    if (peer.socket.destroyed) return
    this.#sockets.handleUpgrade(request, peer.socket, peer.head, (socket) => {
      peer.socket.off('error', ignoreReset)
      const session = new AgentSession(socket, peer.identity, this.#deps.clock.now())
      session.knownDevice = peer.device
      // A device has one session (W14), also before the hello: who connects over and over holds no more than that.
      const older = this.#newest.get(session.deviceId)
      if (older?.state === 'greeting') older.close(CLOSE.replaced, 'a newer connection of this device took over')
      this.#newest.set(session.deviceId, session)
      this.#sessions.set(socket, session)
      socket.on('message', this.#onMessage)
      socket.on('close', this.#onClose)
      socket.on('error', this.#onError)
    })
  }

  #left(socket: WebSocket): void {
    const session = this.#sessions.get(socket)
    if (session === undefined) return
    this.#sessions.delete(socket)
    if (this.#newest.get(session.deviceId) === session) this.#newest.delete(session.deviceId)
    session.state = 'closed'
    this.#deps.ingest.left(session)
    if (!this.#deps.table.remove(session)) return
    for (const topic of [`device/${session.deviceId}`, 'devices'])
      this.#deps.bus.publish({ topic, kind: 'offline', id: session.deviceId })
    this.#deps.lastSeen.note(session.deviceId, this.#deps.clock.now())
  }

  /** Looks after all sessions at once: hello in time, heartbeat, certificate still valid, closing handshake in time. */
  #sweep(): void {
    const now = this.#deps.clock.now()
    for (const session of this.#sessions.values()) {
      if (session.state !== 'closed') {
        const problem = this.#overdue(session, now)
        if (problem !== null) session.close(CLOSE.idle, problem)
      } else if (now - session.lastHeardAt > GATEWAY_LIMITS.closingMs) session.socket.terminate()
    }
  }

  /** Why a session must end by now, or null. */
  #overdue(session: AgentSession, now: number): string | null {
    if (session.state === 'greeting') return now - session.openedAt > GATEWAY_LIMITS.helloMs ? 'no hello in time' : null
    const idleMs = this.#deps.heartbeatMs * GATEWAY_LIMITS.missedHeartbeats
    if (now - session.lastHeardAt > idleMs && !session.paused) return 'three heartbeats were missed'
    return now >= session.identity.certificateEndsAt ? 'the certificate has ended' : null
  }
}

/** What is wrong with the head of an upgrade, in one sentence (SPEC W1). */
function headProblem(request: IncomingMessage): string | null {
  if (request.headers.origin !== undefined) return 'A browser has no business here.'
  if (request.headers['sec-websocket-protocol'] !== SUBPROTOCOL) return `The subprotocol must be ${SUBPROTOCOL}.`
  return null
}

/** While the certificate is looked up nobody else listens; a reset by the peer then needs no answer. */
function ignoreReset(this: Duplex): void {
  this.destroy()
}
