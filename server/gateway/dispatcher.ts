import { CLOSE } from '@askfirst/protocol/limits.ts'
import type { AgentMessage } from '@askfirst/protocol/messages/index.ts'
import { parseAgentMessage } from '@askfirst/protocol/parse-message.ts'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Handlers } from './handlers/handlers.ts'
import { dispatch, QUARANTINE_MAY_SEND } from './handlers/handlers.ts'
import type { ChunkIngest } from './ingest.ts'
import type { AgentSession } from './session.ts'

/** Takes the frames of all sessions apart and hands them on: text to the handlers, binary to the ingest. */
export class Dispatcher {
  readonly #handlers: Handlers
  readonly #ingest: ChunkIngest
  readonly #clock: Clock
  readonly #log: Logger

  constructor(deps: {
    readonly handlers: Handlers
    readonly ingest: ChunkIngest
    readonly clock: Clock
    readonly log: Logger
  }) {
    this.#handlers = deps.handlers
    this.#ingest = deps.ingest
    this.#clock = deps.clock
    this.#log = deps.log
  }

  /** One whole frame of a session, as it came. */
  receive(session: AgentSession, frame: Buffer, isBinary: boolean): void {
    if (session.state === 'closed') return
    const now = this.#clock.now()
    session.lastHeardAt = now
    if (isBinary) return this.#receiveChunk(session, frame)
    if (!session.countMessage(now)) return session.close(CLOSE.tooFast, 'too many messages in a short time')
    const parsed = parseAgentMessage(frame.toString('utf8'))
    if (parsed.kind === 'unknown') return
    if (parsed.kind === 'invalid') return this.#refuse(session, CLOSE.invalidMessage, parsed.reason)
    this.#receiveMessage(session, parsed.message)
  }

  #receiveChunk(session: AgentSession, frame: Buffer): void {
    if (session.identity.standing === 'quarantined')
      return this.#refuse(session, CLOSE.quarantined, 'the device waits for approval')
    if (session.state !== 'open')
      return this.#refuse(session, CLOSE.invalidMessage, 'rows came before the hello was answered')
    this.#ingest.offer(session, frame)
  }

  #receiveMessage(session: AgentSession, message: AgentMessage): void {
    if (message.type === 'link.ping') {
      session.send({ type: 'link.pong', nonce: message.nonce, clock: isoNow(this.#clock) })
      return
    }
    if (session.state === 'greeting' && message.type !== 'link.hello' && session.tail === null) {
      return this.#refuse(session, CLOSE.invalidMessage, 'a session begins with link.hello')
    }
    if (session.identity.standing === 'quarantined' && !QUARANTINE_MAY_SEND.has(message.type)) {
      return this.#refuse(session, CLOSE.quarantined, `a device in quarantine may not send ${message.type}`)
    }
    this.#enqueue(session, message)
  }

  /** Messages of one session are handled in their order, those of different sessions side by side. */
  #enqueue(session: AgentSession, message: AgentMessage): void {
    const before = session.tail ?? Promise.resolve()
    const tail = before.then(() => this.#handle(session, message))
    session.tail = tail
    void tail.then(() => {
      if (session.tail === tail) session.tail = null
    })
  }

  async #handle(session: AgentSession, message: AgentMessage): Promise<void> {
    if (session.state === 'closed') return
    if (session.state === 'greeting' && message.type !== 'link.hello') {
      return this.#refuse(session, CLOSE.invalidMessage, 'a session begins with link.hello')
    }
    try {
      await dispatch(this.#handlers, session, message)
    } catch (error) {
      // The agent connects again and repeats what was not recorded.
      this.#log.error({ err: error, deviceId: session.deviceId, type: message.type }, 'a message could not be handled')
      session.close(CLOSE.serverRestart, 'the server could not handle a message just now')
    }
  }

  #refuse(session: AgentSession, code: number, reason: string): void {
    this.#log.warn(
      { deviceId: session.deviceId, address: session.identity.address, code, reason },
      'agent session closed',
    )
    session.close(code, reason)
  }
}
