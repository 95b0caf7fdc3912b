import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import type { ServerMessage } from '@askfirst/protocol/messages/index.ts'
import type { WebSocket } from 'ws'
import type { Device } from '../store/entities.ts'
import { closeReason } from './close-reason.ts'

/** Unsent bytes towards one agent at which it counts as one that does not read, and is cut off. */
const MAX_UNSENT_BYTES = 4_194_304
/** Control messages that an agent may send at once, and per second after that. */
const MESSAGE_BURST = 256
const MESSAGES_PER_SECOND = 32

/** What a verified certificate says of who connected. */
export interface DeviceIdentity {
  readonly deviceId: DeviceId
  readonly standing: 'active' | 'quarantined'
  readonly certificateSha256: string
  /** Unix ms. */
  readonly certificateEndsAt: number
  /** Address of the peer, for the log. */
  readonly address: string
}

/**
 * One agent's connection. Kept small, as there may be tens of thousands: no timer and no closure of its own, the
 * gateway's one sweep looks after all.
 */
export class AgentSession {
  readonly socket: WebSocket
  readonly identity: DeviceIdentity
  /** `greeting` until the hello was answered. */
  state: 'greeting' | 'open' | 'closed' = 'greeting'
  /** Protocol version that both sides speak; 0 until the hello was answered. */
  protocol = 0
  openedAt: number
  lastHeardAt: number
  /** Credit that was granted last, and the highest ever: what may be in flight. */
  creditBytes: number = LIMITS.initialCreditBytes
  highestCreditBytes: number = LIMITS.initialCreditBytes
  /** Chunk bytes that came and are not acknowledged. */
  inFlightBytes = 0
  inFlightChunks = 0
  /** Chunk bytes that came in vain: for runs that were refused, and of chunks that were stored before. */
  vainBytes = 0
  paused = false
  /** Runs that were refused on this session, so that each is answered once; null while there are none. */
  refusedRuns: Set<string> | null = null
  /** Hash of the catalogue that the agent was asked for; null while it is asked for none (SPEC H11). */
  wantedCatalogue: string | null = null
  /** Control messages are handled one after the other; null while none is. */
  tail: Promise<void> | null = null
  /** The device's record as it was at the connect; given up with the hello, so that an idle session holds no copy. */
  knownDevice: Device | null = null
  #messagesLeft = MESSAGE_BURST
  #countedAt: number

  constructor(socket: WebSocket, identity: DeviceIdentity, now: number) {
    this.socket = socket
    this.identity = identity
    this.openedAt = now
    this.lastHeardAt = now
    this.#countedAt = now
  }

  get deviceId(): DeviceId {
    return this.identity.deviceId
  }

  /** Sends a message; false when the socket is closing. An agent that does not read is cut off. */
  send(message: ServerMessage): boolean {
    if (this.state === 'closed' || this.socket.readyState !== 1) return false
    if (this.socket.bufferedAmount > MAX_UNSENT_BYTES) {
      this.socket.terminate()
      return false
    }
    this.socket.send(JSON.stringify(message))
    return true
  }

  /** Starts the closing handshake; the sweep cuts a peer that does not take part. */
  close(code: number, reason: string): void {
    this.state = 'closed'
    if (this.paused) this.socket.resume()
    this.paused = false
    this.socket.close(code, closeReason(reason))
  }

  /** Counts one control message; false when the agent sends more than it may. */
  countMessage(now: number): boolean {
    const refill = ((now - this.#countedAt) / 1_000) * MESSAGES_PER_SECOND
    this.#messagesLeft = Math.min(MESSAGE_BURST, this.#messagesLeft + Math.max(0, refill)) - 1
    this.#countedAt = now
    return this.#messagesLeft >= 0
  }

  /**
   * Counts a frame that came in vain. An honest agent has at most its credit on the way when it learns that a run is
   * refused, or when it repeats after a reconnect.
   */
  countVain(bytes: number): void {
    const times = 1 + (this.refusedRuns?.size ?? 0)
    this.vainBytes += bytes
    if (this.vainBytes > times * (LIMITS.maxCreditBytes + 2 * LIMITS.maxChunkFrameBytes))
      this.close(CLOSE.tooFast, 'chunks that were refused or stored before, again and again')
  }

  /** Says once that a run's chunks are refused on this session. */
  refuseRun(runId: string): boolean {
    this.refusedRuns ??= new Set()
    if (this.refusedRuns.has(runId)) return false
    if (this.refusedRuns.size >= LIMITS.maxOpenRuns * 4)
      this.close(CLOSE.tooFast, 'chunks for too many runs that are not open')
    this.refusedRuns.add(runId)
    return true
  }
}
