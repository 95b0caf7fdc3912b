import { hash } from 'node:crypto'
import type { SecureContext } from 'node:tls'
import { connect, createSecureContext } from 'node:tls'
import { encodeChunkFrame } from '@askfirst/protocol/frames.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { AgentMessage, MessageNamed, ServerMessage } from '@askfirst/protocol/messages/index.ts'
import { parseServerMessage } from '@askfirst/protocol/parse-message.ts'
import { SUBPROTOCOL } from '@askfirst/protocol/version.ts'
import { WebSocket } from 'ws'
import type { ScriptedIdentity } from '../../tests/support/scripted-agent.ts'
import { consentRecord, ECHO_COLLECTOR, helloMessage, signReceipt } from '../../tests/support/scripted-agent.ts'
import type { Body } from './event-rows.ts'
import { monotonicMs } from './measure.ts'

/** A device of the bench with its TLS settings made once. */
export interface BenchDevice {
  readonly identity: ScriptedIdentity
  readonly context: SecureContext
  /** The newest TLS session ticket. */
  session: Buffer | null
}

export function benchDevice(identity: ScriptedIdentity): BenchDevice {
  const context = createSecureContext({
    ca: identity.authorityPem,
    cert: identity.answer.certificate,
    key: identity.key.export({ type: 'pkcs8', format: 'pem' }),
    minVersion: 'TLSv1.3',
  })
  return { identity, context, session: null }
}

export interface Opened {
  readonly socket: WebSocket
  readonly isResumed: () => boolean
}

/** Opens the WebSocket; `isResuming` uses the ticket of an earlier connection of this device. */
export function openSocket(device: BenchDevice, port: number, isResuming = false): Promise<Opened> {
  const { promise, resolve, reject } = Promise.withResolvers<Opened>()
  let isResumed = () => false
  const socket = new WebSocket(`wss://127.0.0.1:${port}/link`, [SUBPROTOCOL], {
    perMessageDeflate: false,
    handshakeTimeout: 60_000,
    createConnection: () => {
      const tls = connect({
        ...{ host: '127.0.0.1', port, servername: '', secureContext: device.context },
        ...(isResuming && device.session !== null ? { session: device.session } : {}),
      })
      tls.on('session', (session) => {
        device.session = session
      })
      isResumed = () => tls.isSessionReused()
      return tls
    },
  })
  socket.once('open', () => resolve({ socket, isResumed }))
  socket.once('error', reject)
  return promise
}

/**
 * A device that speaks the real protocol and answers by itself: hello, catalogue, yes to every request with a receipt
 * that it signs, and to every order. It sends what it is told to, within the credit that it gets.
 */
export class BenchAgent {
  readonly device: BenchDevice
  readonly socket: WebSocket
  readonly welcomed: Promise<void>
  readonly isResumed: () => boolean
  /** When the last pong came back and how long it took, by nonce. */
  readonly #pings = new Map<number, { readonly at: number; readonly resolve: (ms: number) => void }>()
  readonly #runs: RunId[] = []
  #creditBytes = 0
  #stream: Stream | null = null
  #welcome: () => void = () => undefined
  #failed: (error: Error) => void = () => undefined
  #nonce = 0

  constructor(device: BenchDevice, { socket, isResumed }: Opened) {
    this.device = device
    this.socket = socket
    this.isResumed = isResumed
    this.welcomed = new Promise((resolve, reject) => {
      this.#welcome = resolve
      this.#failed = reject
    })
    this.welcomed.catch(() => undefined) // Whoever awaits it gets the reason; an agent that is only held needs none.
    socket.on('message', (text) => this.#receive(String(text)))
    socket.on('close', (code, reason) => this.#ended(new Error(`closed with ${code} ${String(reason)}`)))
    socket.on('error', (error) => this.#ended(error))
    this.send(helloMessage())
  }

  static async connect(device: BenchDevice, port: number, isResuming = false): Promise<BenchAgent> {
    const agent = new BenchAgent(device, await openSocket(device, port, isResuming))
    await agent.welcomed
    return agent
  }

  send(message: AgentMessage): void {
    this.socket.send(JSON.stringify(message))
  }

  /** Round trip of one `link.ping`, in ms. */
  ping(): Promise<number> {
    const nonce = this.#nonce
    this.#nonce += 1
    return new Promise((resolve) => {
      this.#pings.set(nonce, { at: monotonicMs(), resolve })
      this.send({ type: 'link.ping', nonce })
    })
  }

  /** Sends chunks of the newest run as the credit allows; resolves when all are acknowledged as durable. */
  stream(bodies: readonly Body[], chunks: number): Promise<void> {
    const runId = this.#runs.at(-1)
    if (runId === undefined) return Promise.reject(new Error('no run was ordered'))
    return new Promise((resolve, reject) => {
      this.#stream = { runId, bodies, chunks, seq: 0, firstRow: 0, inFlight: [], inFlightBytes: 0, resolve, reject }
      this.#pump(this.#stream)
    })
  }

  close(): void {
    this.socket.terminate()
  }

  #receive(text: string): void {
    const parsed = parseServerMessage(text)
    if (parsed.kind !== 'message') return this.#ended(new Error(`the server sent ${text.slice(0, 200)}`))
    this.#handle(parsed.message)
  }

  #handle(message: ServerMessage): void {
    switch (message.type) {
      case 'link.welcome':
        return this.#greeted(message)
      case 'link.pong':
        return this.#ponged(message.nonce)
      case 'consent.request': {
        const jws = signReceipt(this.device.identity, consentRecord(message))
        return this.send({ type: 'consent.receipt', requestId: message.requestId, jws })
      }
      case 'run.start':
        this.#runs.push(message.runId)
        return this.send({ type: 'run.accepted', runId: message.runId, review: false })
      case 'chunk.ack':
        return this.#acknowledged(message)
      case 'chunk.nack':
        return this.#ended(new Error(`chunk ${message.seq} was refused with ${message.code}`))
      default:
        return undefined
    }
  }

  #greeted(welcome: MessageNamed<'link.welcome'>): void {
    this.#creditBytes = welcome.creditBytes
    if (welcome.needCatalogue) this.send({ type: 'agent.catalogue', catalogue: [ECHO_COLLECTOR] })
    this.#welcome()
  }

  #ponged(nonce: number): void {
    const ping = this.#pings.get(nonce)
    this.#pings.delete(nonce)
    ping?.resolve(monotonicMs() - ping.at)
  }

  #acknowledged({ nextSeq, creditBytes }: MessageNamed<'chunk.ack'>): void {
    this.#creditBytes = creditBytes
    const stream = this.#stream
    if (stream === null) return
    while (stream.inFlight[0] !== undefined && stream.inFlight[0].seq < nextSeq) {
      stream.inFlightBytes -= stream.inFlight.shift()?.bytes ?? 0
    }
    if (nextSeq === stream.chunks) {
      this.#stream = null
      stream.resolve()
    } else this.#pump(stream)
  }

  #pump(stream: Stream): void {
    const { runId, bodies, chunks, inFlight } = stream
    while (stream.seq < chunks) {
      const body = bodies[stream.seq % bodies.length]
      if (body === undefined) throw new RangeError('nothing to send')
      const size = body.bytes.length + 92
      if (stream.inFlightBytes > 0 && stream.inFlightBytes + size > this.#creditBytes) return
      const sha256 = hash('sha256', body.bytes, 'buffer')
      const { seq, firstRow } = stream
      const header = {
        runId,
        seq,
        firstRow,
        rows: body.rows,
        rawBytes: body.rawBytes,
        bodyBytes: body.bytes.length,
        sha256,
      }
      this.socket.send(encodeChunkFrame(header, body.bytes))
      inFlight.push({ seq, bytes: size })
      stream.inFlightBytes += size
      stream.seq += 1
      stream.firstRow += body.rows
    }
  }

  #ended(error: Error): void {
    this.#failed(error)
    this.#stream?.reject(error)
    this.#stream = null
  }
}

interface Stream {
  readonly runId: RunId
  readonly bodies: readonly Body[]
  readonly chunks: number
  seq: number
  firstRow: number
  readonly inFlight: { readonly seq: number; readonly bytes: number }[]
  inFlightBytes: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}
