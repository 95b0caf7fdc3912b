import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { CLOSE } from '@askfirst/protocol/limits.ts'
import type { AgentMessage, MessageNamed, ServerMessage } from '@askfirst/protocol/messages/index.ts'
import { parseServerMessage } from '@askfirst/protocol/parse-message.ts'
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import type { RawData, WebSocket } from 'ws'
import { createRateGuard } from '../consent/rate-guard.ts'
import type { AgentLog } from '../log.ts'
import { Heartbeat } from './heartbeat.ts'

const GREETING_MS = 30_000
/** A closing handshake that takes longer is cut. */
const CLOSING_MS = 5_000
/** Unsent bytes at which the server counts as one that does not read any more. */
const MAX_UNSENT_BYTES = 4_194_304
/** Commands that a server may send, acknowledgements apart; one that orders and closes a whole desk's work stays far below. */
const COMMAND_RATE = { max: 600, perMs: 10_000 }
/** A device in quarantine is asked for nothing (SPEC H6). */
const QUARANTINE_MAY_COME: ReadonlySet<Command['type']> = new Set([
  'certificate.issued',
  'certificate.refused',
  'log.checkpoint',
])
/** Longest close reason in bytes (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 120

export type Welcome = MessageNamed<'link.welcome'>
/** What the server may send within an open session. */
export type Command = Exclude<ServerMessage, { readonly type: 'link.welcome' | 'link.pong' }>

/** Why and when a connection ended. */
export interface LinkEnd {
  /** Close code; 1006 when there was none. */
  readonly code: number
  readonly reason: string
  /** How long the session was open, in ms; null when no welcome came. */
  readonly openMs: number | null
}

export interface LinkSessionOptions {
  readonly socket: WebSocket
  readonly deviceId: DeviceId
  readonly hello: () => MessageNamed<'link.hello'>
  readonly log: AgentLog
  readonly random: () => number
  readonly onWelcome: (session: LinkSession, welcome: Welcome) => void
  readonly onCommand: (command: Command) => void
  /** Called exactly once. */
  readonly onEnd: (end: LinkEnd) => void
}

/**
 * One connection: hello, welcome, then commands. Everything received is checked against its schema before anything acts
 * on it (SPEC W4 to W6); what does not fit closes the connection with code 4000 and a reason.
 */
export class LinkSession {
  readonly #options: LinkSessionOptions
  readonly #socket: WebSocket
  #state: 'greeting' | 'open' | 'ended' = 'greeting'
  #openedAt: number | null = null
  readonly #rate = createRateGuard({ monotonicMs: () => performance.now() }, COMMAND_RATE)
  #isQuarantined = false
  #heartbeat: Heartbeat | null = null
  #greetingTimer: NodeJS.Timeout | undefined
  #problem = ''

  constructor(options: LinkSessionOptions) {
    this.#options = options
    this.#socket = options.socket
    this.#socket.on('open', () => this.#greet())
    this.#socket.on('message', (content, isBinary) => this.#receive(content, isBinary))
    this.#socket.on('error', (error) => this.#note(error.message))
    this.#socket.on('close', (code, reason) => this.#end(code, reason.toString('utf8')))
  }

  /** Sends a control message; false when the session is not open. */
  send(message: AgentMessage): boolean {
    if (this.#state !== 'open' || this.#socket.readyState !== this.#socket.OPEN) return false
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) {
      this.#note('the server reads nothing any more')
      this.#socket.terminate()
      return false
    }
    this.#socket.send(JSON.stringify(message))
    return true
  }

  /** Sends a chunk frame; resolves to false when it could not be handed to the network. */
  sendFrame(frame: Uint8Array): Promise<boolean> {
    if (this.#state !== 'open') return Promise.resolve(false)
    // One frame at a time is waited for, so that a control message never queues behind more than that.
    return new Promise((resolve) => this.#socket.send(frame, { binary: true }, (error) => resolve(!error)))
  }

  /** Starts the closing handshake and cuts the connection when the other side does not take part. */
  close(code: number, reason: string): void {
    if (this.#state === 'ended') return
    if (this.#socket.readyState === this.#socket.CONNECTING) return this.#socket.terminate()
    this.#note(reason)
    this.#socket.close(code, cutReason(reason))
    setTimeout(() => this.#socket.terminate(), CLOSING_MS).unref()
  }

  #greet(): void {
    this.#greetingTimer = setTimeout(() => this.#cut('no welcome in time'), GREETING_MS)
    this.#socket.send(JSON.stringify(this.#options.hello()))
  }

  #receive(content: RawData, isBinary: boolean): void {
    if (this.#state === 'ended' || this.#socket.readyState !== this.#socket.OPEN) return
    this.#heartbeat?.heard()
    if (isBinary) return this.#refuse('a server sends no binary frames')
    const parsed = parseServerMessage(textOf(content))
    if (parsed.kind === 'invalid') return this.#refuse(parsed.reason)
    if (parsed.kind === 'unknown')
      return this.#options.log.debug({ type: parsed.type }, 'ignored a message of a newer version')
    const { message } = parsed
    if (message.type === 'link.welcome') return this.#welcome(message)
    if (this.#state !== 'open') return this.#refuse(`${message.type} came before link.welcome`)
    if (message.type !== 'link.pong') this.#command(message)
  }

  /** What a flood costs is bounded, so that the person's own commands are never kept waiting (SPEC W15). */
  #command(command: Command): void {
    if (this.#isQuarantined && !QUARANTINE_MAY_COME.has(command.type)) {
      return this.close(CLOSE.quarantined, `a device in quarantine takes no ${command.type}`)
    }
    if (command.type !== 'chunk.ack' && !this.#rate.take())
      return this.close(CLOSE.tooFast, 'too many commands in a short time')
    this.#options.onCommand(command)
  }

  #welcome(welcome: Welcome): void {
    if (this.#state !== 'greeting') return this.#refuse('a second link.welcome')
    if (welcome.protocol < OLDEST_PROTOCOL_VERSION || welcome.protocol > PROTOCOL_VERSION) {
      return this.close(CLOSE.versionMismatch, `version ${welcome.protocol} was not offered`)
    }
    if (welcome.deviceId !== this.#options.deviceId) return this.#refuse('link.welcome names another device')
    clearTimeout(this.#greetingTimer)
    this.#state = 'open'
    this.#isQuarantined = welcome.standing === 'quarantined'
    this.#openedAt = performance.now()
    this.#heartbeat = new Heartbeat({
      intervalMs: welcome.heartbeatMs,
      random: this.#options.random,
      ping: (nonce) => this.send({ type: 'link.ping', nonce }),
      onSilence: () => this.#cut('nothing was heard for three heartbeats'),
    })
    this.#options.onWelcome(this, welcome)
  }

  #refuse(reason: string): void {
    this.#options.log.warn({ reason }, 'the server sent something outside the protocol; closing')
    this.close(CLOSE.invalidMessage, reason)
  }

  #cut(reason: string): void {
    this.#note(reason)
    this.#socket.terminate()
  }

  #note(reason: string): void {
    if (this.#problem === '') this.#problem = reason
  }

  #end(code: number, reason: string): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    clearTimeout(this.#greetingTimer)
    this.#heartbeat?.stop()
    const openMs = this.#openedAt === null ? null : performance.now() - this.#openedAt
    this.#options.onEnd({ code, reason: reason === '' ? this.#problem : reason, openMs })
  }
}

function textOf(content: RawData): string {
  if (Array.isArray(content)) return Buffer.concat(content).toString('utf8')
  return content instanceof ArrayBuffer ? Buffer.from(content).toString('utf8') : content.toString('utf8')
}

/** Cuts at the limit of a close frame, between characters. */
function cutReason(reason: string): string {
  let cut = reason
  while (Buffer.byteLength(cut) > MAX_REASON_BYTES) cut = cut.slice(0, -1)
  return cut.toWellFormed()
}
