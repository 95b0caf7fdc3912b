import type { Agent } from 'node:https'
import { CLOSE } from '@askfirst/protocol/limits.ts'
import type { AgentMessage, MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { Identity } from '../identity/identity.ts'
import type { ProxySettings } from '../identity/pinned-server.ts'
import { httpsAgent } from '../identity/pinned-server.ts'
import type { AgentLog } from '../log.ts'
import { Backoff } from './backoff.ts'
import type { Command, LinkEnd, LinkSession, Welcome } from './link-session.ts'
import { LinkSession as Session } from './link-session.ts'
import { openSocket } from './open-socket.ts'

/** A connection that has held so long counts as stable: the next back-off starts short again. */
const STABLE_MS = 60_000
/** After these codes a quick return would only do harm. */
const COME_BACK_LATE: ReadonlySet<number> = new Set([
  CLOSE.versionMismatch,
  CLOSE.certificateRevoked,
  CLOSE.replaced,
  CLOSE.invalidMessage,
  CLOSE.tooFast,
])

export interface LinkOptions {
  /** The newest identity; asked at every connect, so that a renewed certificate comes into use. */
  readonly identity: () => Identity
  readonly proxy: ProxySettings
  readonly hello: () => MessageNamed<'link.hello'>
  readonly log: AgentLog
  readonly random: () => number
  readonly onWelcome: (session: LinkSession, welcome: Welcome) => void
  readonly onCommand: (command: Command) => void
  readonly onDown: () => void
}

/** Where the connection stands, for people. */
export interface LinkStatus {
  readonly state: 'stopped' | 'connecting' | 'waiting' | 'online' | 'quarantined'
  /** Why the last connection ended; empty while there was none. */
  readonly lastProblem: string
}

/** Keeps one connection to the server, for as long as the agent runs. */
export class Link {
  readonly #options: LinkOptions
  readonly #backoff: Backoff
  readonly #agent: Agent
  #status: LinkStatus = { state: 'stopped', lastProblem: '' }
  #session: LinkSession | null = null
  #timer: NodeJS.Timeout | undefined
  #isStopping = false
  #stopped: (() => void) | null = null

  constructor(options: LinkOptions) {
    this.#options = options
    this.#backoff = new Backoff(options.random)
    this.#agent = httpsAgent(options.proxy)
  }

  get status(): LinkStatus {
    return this.#status
  }

  start(): void {
    this.#connect()
  }

  /** Sends a control message; false when there is no open session: whoever must be sure sends again after the welcome. */
  send(message: AgentMessage): boolean {
    return this.#session?.send(message) ?? false
  }

  /** Closes the connection and stays closed. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#timer)
    if (this.#session !== null) {
      const ended = new Promise<void>((resolve) => {
        this.#stopped = resolve
      })
      this.#session.close(CLOSE.normal, 'the agent stops')
      await ended
    }
    this.#agent.destroy()
    this.#status = { ...this.#status, state: 'stopped' }
  }

  #connect(): void {
    const identity = this.#options.identity()
    this.#status = { ...this.#status, state: 'connecting' }
    this.#session = new Session({
      socket: openSocket(identity, this.#agent),
      deviceId: identity.deviceId,
      hello: this.#options.hello,
      log: this.#options.log,
      random: this.#options.random,
      onWelcome: (session, welcome) => this.#welcome(session, welcome),
      onCommand: this.#options.onCommand,
      onEnd: (end) => this.#ended(end),
    })
  }

  #welcome(session: LinkSession, welcome: Welcome): void {
    const { standing } = welcome
    this.#status = { state: standing === 'active' ? 'online' : 'quarantined', lastProblem: '' }
    this.#options.log.info({ standing, protocol: welcome.protocol }, 'connected')
    this.#options.onWelcome(session, welcome)
  }

  #ended(end: LinkEnd): void {
    this.#session = null
    if (end.openMs !== null) this.#options.onDown()
    if (this.#isStopping) return this.#stopped?.()
    if (end.openMs !== null && end.openMs >= STABLE_MS) this.#backoff.reset()
    if (COME_BACK_LATE.has(end.code)) this.#backoff.goLong()
    const waitMs = this.#backoff.next()
    this.#status = { state: 'waiting', lastProblem: `${end.reason} (${end.code})`.trim() }
    this.#options.log.warn({ code: end.code, reason: end.reason, waitMs }, 'not connected; trying again later')
    this.#timer = setTimeout(() => this.#connect(), waitMs)
  }
}
