import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import { ChangedTickets } from '../bus/changed-tickets.ts'
import type { LogSigner } from '../ca/log-signer.ts'
import type { AgentLink } from '../gateway/agent-link.ts'
import type { Store } from '../store/store.ts'
import { logOrigin } from './log-origin.ts'

/** Appends within this time share one checkpoint. */
const GATHER_MS = 500
const CHANGES: ReadonlySet<string> = new Set(['log'])
/** Tickets of a device that it gets a checkpoint of when it connects; the newest first. */
const TICKETS_AT_CONNECT = 20

/** A signed checkpoint with what it states. */
export interface SignedCheckpoint {
  readonly size: number
  readonly headHash: string
  /** C2SP signed note. */
  readonly note: string
}

export interface CheckpointDeps {
  readonly store: Store
  readonly bus: Bus
  readonly link: AgentLink
  readonly signer: LogSigner
  readonly log: Logger
}

/**
 * Signs the heads of the tickets' logs and hands them to the devices of the ticket, which are the witnesses (SPEC G6,
 * G7). It follows the bus, so whoever appends to a log needs to know nothing of it.
 */
export class CheckpointService {
  readonly #deps: CheckpointDeps
  readonly #changed: ChangedTickets

  constructor(deps: CheckpointDeps) {
    this.#deps = deps
    this.#changed = new ChangedTickets(deps.bus, { kinds: CHANGES, gatherMs: GATHER_MS }, (ticketId) =>
      this.#handOut(ticketId),
    )
  }

  /** The checkpoint of a ticket's log as it is now. */
  async latest(ticketId: TicketId): Promise<SignedCheckpoint> {
    const { size, headHash } = await this.#deps.store.log.head(ticketId)
    const { signer } = this.#deps
    return { size, headHash, note: signer.sign({ origin: logOrigin(signer.keyName, ticketId), size, headHash }) }
  }

  /** Hands a device that connected the checkpoints of its newest tickets. */
  async deliver(deviceId: DeviceId): Promise<void> {
    const { items } = await this.#deps.store.tickets.list({ deviceId, limit: TICKETS_AT_CONNECT })
    for (const { id } of items) {
      const { note } = await this.latest(id)
      this.#deps.link.send(deviceId, { type: 'log.checkpoint', ticketId: id, note })
    }
  }

  /** Signs what is still waiting and stops. */
  close(): Promise<void> {
    return this.#changed.close()
  }

  async #handOut(ticketId: TicketId): Promise<void> {
    try {
      const ticket = await this.#deps.store.tickets.get(ticketId)
      const online = (ticket?.deviceIds ?? []).filter((deviceId) => this.#deps.link.isOnline(deviceId))
      if (online.length === 0) return
      const { note } = await this.latest(ticketId)
      for (const deviceId of online) this.#deps.link.send(deviceId, { type: 'log.checkpoint', ticketId, note })
    } catch (error) {
      this.#deps.log.error({ err: error, ticketId }, 'a checkpoint could not be signed; the next append tries again')
    }
  }
}
