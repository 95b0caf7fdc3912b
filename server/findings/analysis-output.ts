import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { TimedResult } from './ticket-analysis.ts'

/** What the analysis in the indexer's thread hands to the main thread. */
export type AnalysisOutput =
  | {
      readonly kind: 'results'
      readonly ticketId: TicketId
      readonly deviceId: DeviceId
      readonly results: readonly TimedResult[]
    }
  /** Rows of the ticket are not held any more (restart, many tickets): its stored rows must be read again. */
  | { readonly kind: 'incomplete'; readonly ticketId: TicketId; readonly deviceId: DeviceId }
