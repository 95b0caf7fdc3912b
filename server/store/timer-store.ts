import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft, Ticket } from './entities.ts'
import type { TicketStore } from './store.ts'

/** Something that is to happen once, at an instant or as soon after it as a server runs. */
export interface TimerDraft {
  /** Names the thing that is to happen, e.g. `ticket/<id>/reminder`; there is one timer of a key. */
  readonly key: string
  /** Which handler takes it. */
  readonly kind: string
  readonly ticketId: TicketId | null
  /** ISO 8601 in UTC with milliseconds, as all instants of the store: they are compared as texts. */
  readonly dueAt: string
  /** What the handler needs to know; JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A timer that a runner claimed. */
export interface Timer extends TimerDraft {
  /** How often its handler failed so far. */
  readonly attempts: number
}

/** Names one firing: of a timer that was set to another instant since, nothing fires. */
export interface Firing {
  readonly key: string
  readonly dueAt: string
}

/** What a firing writes; all of it commits with the timer's end, or nothing does. */
export interface FiringEffects {
  /** A ticket's change as seen at `version`. */
  readonly change?: {
    readonly id: TicketId
    readonly version: number
    readonly columns: Parameters<TicketStore['change']>[2]
    readonly log: LogDraft
  }
  /** Entries after that of the change. */
  readonly log?: readonly LogDraft[]
  /** Timers that follow; the one that fires may be among them, with a later instant. */
  readonly timers?: readonly TimerDraft[]
}

/** What a firing wrote. */
export interface Fired {
  /** The changed ticket; null when there was no change. */
  readonly ticket: Ticket | null
  readonly entries: readonly LogEntry[]
}

/**
 * Timers fire once, however many servers look and however often they fall over: a handler's effects are written with
 * `fire`, or by another method that ends the timer in its own transaction with `endTimer`. Who comes second gets null.
 */
export interface TimerStore {
  /**
   * Sets the timer of a key, new or anew; false when that changed nothing. One that is done is set only to a later
   * instant: who computed the old instant a little late does not make it happen twice.
   */
  set(timer: TimerDraft): Promise<boolean>
  /** Takes a timer back; false when there is none that is still to come. */
  cancel(key: string): Promise<boolean>
  /** Takes back what is still to come for a ticket, all or some kinds; the number. */
  cancelFor(ticketId: TicketId, kinds?: readonly string[]): Promise<number>
  /**
   * Leases timers that are due at `now` to an owner for `leaseMs`, the longest due first. Nobody else gets them until the
   * lease is over. A lease that ends later than any can (a clock went back) counts as over.
   */
  claim(input: {
    readonly now: string
    readonly owner: string
    readonly leaseMs: number
    readonly kinds: readonly string[]
    readonly limit: number
  }): Promise<readonly Timer[]>
  /** Ends an owner's lease early: to be tried again at `retryAt` after a failure, or at once (null). */
  release(key: string, owner: string, retryAt: string | null): Promise<void>
  /**
   * Ends a timer and writes its effects in one commit. Null, and nothing is written, when it fired before, was taken
   * back, or is set to another instant by now (first wins).
   *
   * @throws AskFirstError CONFLICT when the ticket is not at the version of the change any more; NOT_FOUND
   */
  fire(firing: Firing, at: string, effects?: FiringEffects): Promise<Fired | null>
  /** When the next timer of these kinds can be claimed; null: there is none. */
  nextDue(kinds: readonly string[]): Promise<string | null>
}
