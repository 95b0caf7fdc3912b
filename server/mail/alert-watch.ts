import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { AlertedUser } from '../store/alert-store.ts'
import type { MailDraft } from '../store/mail-entities.ts'
import type { Store } from '../store/store.ts'
import { RepeatedLook } from '../timers/repeated-look.ts'
import { ALERTING, alertReason } from './alert-reasons.ts'
import type { MailWriter } from './mail-writer.ts'

const LOOK_EVERY_MS = 10_000
/** How far the first look goes back: what happened while no server ran. */
const FIRST_LOOK_MS = 6 * 3_600_000
/** How far every other one does: an entry counts from when it was made, and stands a moment later. */
const OVERLAP_MS = 10 * 60_000
const ENTRIES_PER_READ = 200

export interface AlertWatchDeps {
  readonly store: Pick<Store, 'alerts' | 'tickets'>
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly mails: Pick<MailWriter, 'ofAlert'>
}

/**
 * Writes the mails to people of the desk who chose to be told of something. It reads what is in the logs and asks nobody who wrote
 * it, so no way to change a ticket can forget an alert. The id of a mail is made of its entry and its reader: however often and
 * by however many servers an entry is looked at, its mail is written once.
 */
export class AlertWatch {
  readonly #deps: AlertWatchDeps
  readonly #looks = new RepeatedLook(() => this.#look())
  #lookedMs: number | null = null
  /** Entries of the last look. */
  #seen: ReadonlySet<string> = new Set()

  constructor(deps: AlertWatchDeps) {
    this.#deps = deps
  }

  /** Looks now, and every few seconds. */
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
    const { store, clock, log } = this.#deps
    try {
      const now = clock.now()
      const people = await store.alerts.chosen()
      if (people.length > 0) this.#seen = await this.#tell(people, this.#lookedMs ?? now - FIRST_LOOK_MS)
      this.#lookedMs = now - OVERLAP_MS
    } catch (error) {
      log.error({ err: error }, 'alerts to the desk could not be written; the next turn tries again')
    }
  }

  /** @returns the entries that were looked at */
  async #tell(people: readonly AlertedUser[], sinceMs: number): Promise<ReadonlySet<string>> {
    const seen = new Set<string>()
    const since = new Date(sinceMs).toISOString()
    for (let after: LogEntry | null = null; ; ) {
      const read: readonly LogEntry[] = await this.#deps.store.alerts.entries(
        ALERTING,
        { since, after },
        ENTRIES_PER_READ,
      )
      for (const entry of read) {
        const name = `${entry.ticketId}/${entry.seq}`
        if (!this.#seen.has(name)) await this.#tellOf(entry, people)
        seen.add(name)
      }
      after = read.at(-1) ?? null
      if (read.length < ENTRIES_PER_READ) return seen
    }
  }

  async #tellOf(entry: LogEntry, people: readonly AlertedUser[]): Promise<void> {
    const { store, bus } = this.#deps
    const mails = await this.#mailsOf(entry, people)
    if (mails.length === 0 || (await store.alerts.queue(entry.ticketId, mails)) === 0) return
    announce(bus, entry.ticketId)
  }

  async #mailsOf(entry: LogEntry, people: readonly AlertedUser[]): Promise<readonly MailDraft[]> {
    const { store, mails } = this.#deps
    const ticket = await store.tickets.get(entry.ticketId)
    if (ticket === null) return []
    const drafts = people.map((person) => {
      const reason = alertReason({ entry, ticket }, person)
      return reason === null ? [] : mails.ofAlert({ ticket, entry, person, reason })
    })
    return (await Promise.all(drafts)).flat()
  }
}

function announce(bus: Bus, ticketId: TicketId): void {
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'mail-queued', id: ticketId })
}
