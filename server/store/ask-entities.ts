import type { AskId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'

/** A question of the desk to the person of a ticket, and what became of it. */
export interface StoredAsk {
  readonly id: AskId
  readonly ticketId: TicketId
  /** Exactly as it was sent. */
  readonly ask: TicketAsk
  /** SHA-256 of its RFC 8785 JSON, hexadecimal; an answer names it. */
  readonly askSha256: string
  /** Id of who asked: a user, or the server. */
  readonly askedBy: string
  readonly state: 'open' | 'answered' | 'withdrawn'
  /** When it was answered or taken back. */
  readonly endedAt: string | null
  readonly answer: AskAnswer | null
}

/** What the person said to a question; the words stand in the findings log, signed when a device gave them. */
export interface AskAnswer {
  /** Null: it was given by a link from a mail, and no device signed it. */
  readonly statementId: StatementId | null
  readonly choice: string
  readonly text: string | null
  /** Account of who answered at the device; by link the name of the ticket's requester. */
  readonly osUser: string
}

/** The open questions of a ticket, in the order in which they were asked. */
export interface OpenAsks {
  readonly ticketId: TicketId
  readonly asks: readonly TicketAsk[]
}
