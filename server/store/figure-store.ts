import type { CauseCount, ConsentFacts, LoggedEvent, OpenCount, Period, TicketFacts } from './figure-entities.ts'

/** What the figures for leads are counted from; all of it is read only. */
export interface FigureStore {
  /** Tickets that are neither resolved nor closed now, in no order. */
  openTickets(): Promise<readonly OpenCount[]>
  /** Tickets that were opened or resolved in the period, by number. */
  tickets(period: Period): Promise<readonly TicketFacts[]>
  /** Requests for consent that were made in the period, in order. */
  consent(period: Period): Promise<readonly ConsentFacts[]>
  /** Rules whose findings were confirmed in tickets that were opened in the period, the most frequent first. */
  causes(period: Period, limit: number): Promise<readonly CauseCount[]>
  /** Entries of the period of these kinds, in order of time; at most 20,000. */
  events(period: Period, kinds: readonly string[]): Promise<readonly LoggedEvent[]>
}
