import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from './bus.ts'

/**
 * Gathers what the bus says of tickets for a short time and hands each changed ticket on once, one after the other. Whoever
 * changes a ticket needs to know nothing of who follows it.
 */
export class ChangedTickets {
  readonly #gatherMs: number
  readonly #handle: (ticketId: TicketId) => Promise<void>
  readonly #changed = new Set<TicketId>()
  readonly #unsubscribe: () => void
  #timer: NodeJS.Timeout | null = null
  #handling: Promise<void> = Promise.resolve()

  /**
   * @param follow.kinds kinds of events that count as a change
   * @param follow.gatherMs changes within this time are handed on together
   * @param handle takes a changed ticket; must not reject
   */
  constructor(
    bus: Bus,
    follow: { readonly kinds: ReadonlySet<string>; readonly gatherMs: number },
    handle: (ticketId: TicketId) => Promise<void>,
  ) {
    this.#gatherMs = follow.gatherMs
    this.#handle = handle
    this.#unsubscribe = bus.subscribe('*', ({ topic, kind }) => {
      if (!follow.kinds.has(kind) || !topic.startsWith('ticket/')) return
      // The publisher built the topic from a ticket's id.
      this.#note(topic.slice('ticket/'.length) as TicketId)
    })
  }

  /** Hands on what is still waiting and stops. */
  async close(): Promise<void> {
    this.#unsubscribe()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#flush()
    await this.#handling
  }

  #note(ticketId: TicketId): void {
    this.#changed.add(ticketId)
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#flush()
    }, this.#gatherMs)
  }

  #flush(): void {
    const tickets = [...this.#changed]
    this.#changed.clear()
    this.#handling = this.#handling.then(async () => {
      for (const ticketId of tickets) await this.#handle(ticketId)
    })
  }
}
