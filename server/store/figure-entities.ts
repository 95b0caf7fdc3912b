import type { LogKind } from '@askfirst/protocol/findings-log.ts'

/** A stretch of time: from the first instant on, before the second. */
export interface Period {
  readonly from: string
  readonly to: string
}

/** Tickets that somebody has to work on, counted. */
export interface OpenCount {
  readonly priority: number
  readonly level: number
  readonly count: number
}

/** What the figures of a period need to know of one ticket. */
export interface TicketFacts {
  readonly number: number
  readonly priority: number
  readonly level: number
  readonly openedAt: string
  /** When somebody of the desk first turned to the person: wrote to them or asked for their consent; null: not yet. */
  readonly firstResponseAt: string | null
  /** Whether the desk opened it for the person, who was answered by that (SPEC T33). */
  readonly openedByDesk: boolean
  /** First and last time within the period that it was resolved, or closed without that; null: not in the period. */
  readonly firstResolvedAt: string | null
  readonly resolvedAt: string | null
  /** When it was last opened again after it had been resolved or closed; null: never. */
  readonly reopenedAt: string | null
  /** People of the desk who wrote, asked for consent or ordered runs. */
  readonly technicians: number
  /** Permissions that a person gave. */
  readonly permissions: number
  readonly escalations: number
}

/** One request for consent of a period, with what it takes to tell whether it was allowed whole. */
export interface ConsentFacts {
  readonly state: string
  readonly askedCollectors: number
  readonly askedMs: number
  /** The rest is null unless it was allowed. */
  readonly givenCollectors: number | null
  readonly validFrom: string | null
  readonly expiresAt: string | null
}

/** In how many tickets a rule's finding was confirmed. */
export interface CauseCount {
  readonly rule: string
  readonly tickets: number
}

/** What an entry of a log says, without its place in the chain. */
export interface LoggedEvent {
  readonly ticketNumber: number
  readonly at: string
  readonly kind: LogKind
  readonly body: Readonly<Record<string, unknown>>
}
