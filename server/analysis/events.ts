import { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { Reading, Sighting } from './define-rule.ts'
import { reading } from './define-rule.ts'

/** Event ids collide between providers, so an event is always named by provider and id (CATALOGUE 2.0). */
export interface EventName {
  /** Provider as Windows names it; case is ignored. */
  readonly provider: string
  readonly ids: readonly number[]
}

export type EventSighting = Sighting<EventRow>

/** Whether a row is one of the named Windows events. */
export function isEvent(row: EventRow, names: readonly EventName[]): boolean {
  const { eventId } = row
  if (eventId === undefined) return false
  const provider = row.provider.toLowerCase()
  return names.some((name) => name.provider.toLowerCase() === provider && name.ids.includes(eventId))
}

/** A reading of `eventlog.query` that keeps the rows which the test accepts. */
export function eventReading(select: (row: EventRow) => boolean): Reading<typeof EventRow> {
  return reading({ collector: 'eventlog.query', row: EventRow, select })
}

/** Whether a row is a line of the kernel's own log, on Linux. */
export function isKernelLine(row: EventRow): boolean {
  return row.eventId === undefined && (row.channel === 'kernel' || row.provider === 'kernel')
}

/** Named value of an event, or undefined. Names are compared without case. */
export function valueOfEvent(row: EventRow, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return Object.entries(row.data ?? {}).find(([key]) => key.toLowerCase() === wanted)?.[1]
}

/** Number in a named value (decimal or 0x...), or undefined. */
export function numberOfEvent(row: EventRow, name: string): number | undefined {
  const text = valueOfEvent(row, name)?.trim()
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

export function timeMs(sighting: EventSighting): number {
  return Date.parse(sighting.row.time)
}

/** The densest group of sightings within a span: the longest run of them that fits into `spanMs`. */
export function mostWithin(sightings: readonly EventSighting[], spanMs: number): readonly EventSighting[] {
  const sorted = [...sightings].sort((a, b) => timeMs(a) - timeMs(b))
  let best: readonly EventSighting[] = []
  let start = 0
  for (let end = 0; end < sorted.length; end += 1) {
    const last = sorted[end]
    while (start < end && last !== undefined && isEarlier(sorted[start], timeMs(last) - spanMs)) start += 1
    if (end - start + 1 > best.length) best = sorted.slice(start, end + 1)
  }
  return best
}

function isEarlier(sighting: EventSighting | undefined, than: number): boolean {
  return sighting !== undefined && timeMs(sighting) < than
}

/** "once", "twice", "5 times". */
export function times(count: number): string {
  if (count === 1) return 'once'
  return count === 2 ? 'twice' : `${count} times`
}

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
