import type { Generated } from 'kysely'

/** JSON kept as text; see tables.ts. */
type JsonText = string

interface TimerRow {
  id: Generated<number>
  key: string
  kind: string
  ticket_id: number | null
  due_at: string
  body: JsonText
  /** Times that its handler failed. */
  attempts: number
  /** Who handles it now; null with `locked_until`: it failed and waits for its next try. */
  locked_by: string | null
  locked_until: string | null
  done_at: string | null
}

interface TicketClockRow {
  ticket_id: number
  log_seq: number
  facts: JsonText
  targets: JsonText
  due_at: string | null
  settings_sha256: string
}
interface EscalationRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  from_level: number
  to_level: number
  criterion: string
  summary: string
  from_user_id: string | null
  to_user_id: string | null
  asked_by: JsonText
  asked_at: string
  state: string
  answered_by: JsonText | null
  answered_at: string | null
  reason: string | null
}

interface OfferRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  from_user_id: string | null
  to_user_id: string
  note: string
  given_by: JsonText
  given_at: string
  state: string
  answered_by: JsonText | null
  answered_at: string | null
  reason: string | null
}

/** Tables of timers, of tickets' clocks, and of tickets that go to somebody else. */
export interface ClockTables {
  timers: TimerRow
  ticket_clocks: TicketClockRow
  escalations: EscalationRow
  offers: OfferRow
}
