import type { Generated } from 'kysely'

/** Columns of a ticket that say where it is in its procedure. */
export interface TicketFlowRow {
  waiting_for: string | null
  closed_as: string | null
  closed_reason: string | null
  closed_at: string | null
  reopened: number
  /** Words with a blank between them; `ticket_tags` has the same for filters. */
  tags: string
  contacts: string
  requester_language: string | null
  heard_language: string | null
  heard_at: string | null
}

export interface TicketTagRow {
  ticket_id: number
  tag: string
}

export interface TicketLinkRow {
  id: Generated<number>
  from_ticket: number
  to_ticket: number
  kind: string
  at: string
}
