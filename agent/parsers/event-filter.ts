import type { EventLevel, EventRow } from '@askfirst/protocol/results/eventlog-query.ts'

/** Which events are wanted. An empty set of ids or providers means all. */
export interface EventFilter {
  /** Window of time, both ends included, in ms since 1970. */
  readonly fromMs: number
  readonly toMs: number
  readonly levels: ReadonlySet<EventLevel>
  readonly ids: ReadonlySet<number>
  /** In lower case; compared with the provider and the unit of an event. */
  readonly providers: ReadonlySet<string>
}

/** Whether an event is wanted. Sources that filter by themselves are checked once more with it. */
export function isWanted(row: EventRow, filter: EventFilter): boolean {
  if (!filter.levels.has(row.level)) return false
  const time = Date.parse(row.time)
  if (time < filter.fromMs || time > filter.toMs) return false
  if (filter.ids.size > 0 && (row.eventId === undefined || !filter.ids.has(row.eventId))) return false
  return filter.providers.size === 0 || isFrom(row, filter.providers)
}

function isFrom(row: EventRow, providers: ReadonlySet<string>): boolean {
  if (providers.has(row.provider.toLowerCase())) return true
  return row.unit !== undefined && providers.has(row.unit.toLowerCase())
}
