import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { EventFilter } from '../../parsers/event-filter.ts'
import { isWanted } from '../../parsers/event-filter.ts'

/**
 * The last `count` wanted rows of a source that gives them oldest first, newest first. Holds at most 1024 rows
 * more in memory, however long the source is.
 */
export async function lastWanted(
  rows: AsyncIterable<EventRow>,
  filter: EventFilter,
  count: number,
): Promise<readonly EventRow[]> {
  let kept: EventRow[] = []
  for await (const row of rows) {
    if (!isWanted(row, filter)) continue
    kept.push(row)
    if (kept.length >= count + 1_024) kept = kept.slice(-count)
  }
  return kept.slice(-count).sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))
}
