import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { EscalationId, TicketId } from '@askfirst/protocol/ids.ts'
import type { DeskLoad, Escalation, ListedEscalation, TicketClock, WatchedTicket } from './clock-entities.ts'
import type { LogDraft } from './entities.ts'
import type { Firing, FiringEffects, TimerDraft } from './timer-store.ts'

export interface ClockStore {
  get(ticketId: TicketId): Promise<TicketClock | null>
  /** Of those that have one, in no order; at most 500 ids. */
  list(ticketIds: readonly TicketId[]): Promise<readonly TicketClock[]>
  /** Keeps a clock and what follows from it; false, and nothing is written, when one of a later entry is there. */
  put(
    clock: TicketClock,
    timers: { readonly set: readonly TimerDraft[]; readonly cancel: readonly string[] },
  ): Promise<boolean>
  /** Tickets whose clock lacks entries of their log or, unless they are closed, is of other settings. */
  behind(settingsSha256: string, limit: number): Promise<readonly TicketId[]>
  /** Tickets that are not over and have a time that runs, the first to end first. */
  due(limit: number): Promise<readonly WatchedTicket[]>
  /** Tickets at which the desk is to move and nothing was logged since an instant, the longest first. */
  quietSince(before: string, limit: number): Promise<readonly WatchedTicket[]>
  /** Counts of tickets that are not over, by who has them and level, in no order. */
  load(): Promise<readonly DeskLoad[]>
}

/** A change of the ticket that comes with an escalation, as seen at `version`. */
export type EscalationChange = Omit<NonNullable<FiringEffects['change']>, 'id'>

export interface EscalationStore {
  get(id: EscalationId): Promise<Escalation | null>
  /** Newest first. */
  listForTicket(ticketId: TicketId): Promise<readonly Escalation[]>
  /** Those that wait for an answer on tickets that are not over, the longest first. */
  waiting(limit: number): Promise<readonly ListedEscalation[]>
  /**
   * Asks for a ticket to be taken over; the entries come in the order given, after that of the change. `fires` is the
   * timer that it comes of. Null, and nothing is written, when that timer is over (first wins).
   *
   * @throws AskFirstError NOT_FOUND; CONFLICT when the ticket is not at that version any more, or somebody is asked already
   */
  ask(input: {
    readonly escalation: Escalation
    readonly change: EscalationChange
    readonly log: readonly LogDraft[]
    readonly fires?: Firing & { readonly at: string }
  }): Promise<readonly LogEntry[] | null>
  /**
   * Answers from `asked`; null when it was answered before (first wins).
   *
   * @throws AskFirstError CONFLICT when the ticket is not at that version any more
   */
  answer(
    id: EscalationId,
    answer: Pick<Escalation, 'state' | 'answeredBy' | 'answeredAt' | 'reason'>,
    change: EscalationChange,
    log: LogDraft,
  ): Promise<Escalation | null>
}
