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

/** Tables of timers, of tickets' clocks and of escalations. */
export interface ClockTables {
  timers: TimerRow
}
