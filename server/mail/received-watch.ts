import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Store } from '../store/store.ts'
import { announceMessage, announceTicket } from '../tickets/follow-up.ts'
import { RepeatedLook } from '../timers/repeated-look.ts'

const LOOK_EVERY_MS = 5_000
const TICKETS_AT_A_TIME = 100

/**
 * Tells readers of tickets of mails that another process took (`askfirst-server mail-in`): the bus reaches this process only.
 */
export class ReceivedWatch {
  readonly #deps: { readonly store: Pick<Store, 'mail'>; readonly bus: Bus; readonly log: Logger }
  readonly #looks = new RepeatedLook(() => this.#look())
  #last: number | null = null

  constructor(deps: { readonly store: Pick<Store, 'mail'>; readonly bus: Bus; readonly log: Logger }) {
    this.#deps = deps
  }

  /** Begins with what comes from now on. */
  start(): void {
    this.#looks.start(LOOK_EVERY_MS)
  }

  /** Looks once. Never rejects. */
  look(): Promise<void> {
    return this.#looks.now()
  }

  close(): Promise<void> {
    return this.#looks.close()
  }

  async #look(): Promise<void> {
    const { store, bus, log } = this.#deps
    try {
      const { last, ticketIds } = await store.mail.receivedAfter(this.#last, TICKETS_AT_A_TIME)
      this.#last = last
      for (const ticketId of ticketIds) {
        announceTicket(bus, ticketId)
        announceMessage(bus, ticketId)
        bus.publish({ topic: `ticket/${ticketId}`, kind: 'attachment', id: ticketId })
      }
    } catch (error) {
      log.error({ err: error }, 'mails that came could not be told; the next turn tries again')
    }
  }
}
