import type { RowFacets, RowTime, ValueCount } from '../store/entities.ts'
import type { FieldFilter } from './field-filter.ts'
import { meetsAll } from './field-filter.ts'
import type { ParsedRow } from './scan-rows.ts'

/** How often an event of one kind occurs. */
export interface EventKind {
  readonly id: string
  readonly provider: string | null
  readonly count: number
}

/** What is counted while rows are read one by one. */
interface Counts {
  total: number
  readonly levels: Map<string | null, number>
  readonly providers: Map<string | null, number>
  readonly kinds: Map<string, EventKind>
  readonly times: RowTime[]
}

export function emptyCounts(): Counts {
  return { total: 0, levels: new Map(), providers: new Map(), kinds: new Map(), times: [] }
}

/** Counts a row that meets the conditions. */
export function addFacet(counts: Counts, { at, level, provider, row }: ParsedRow, where: readonly FieldFilter[]): void {
  if (!meetsAll(row, where)) return
  counts.total += 1
  counts.levels.set(level, (counts.levels.get(level) ?? 0) + 1)
  counts.providers.set(provider, (counts.providers.get(provider) ?? 0) + 1)
  if (at !== null) counts.times.push({ prefix: at, level, count: 1 })
  const id = row.eventId ?? row.messageId
  if (typeof id !== 'number' && typeof id !== 'string') return
  const key = JSON.stringify([id, provider])
  counts.kinds.set(key, { id: String(id), provider, count: (counts.kinds.get(key)?.count ?? 0) + 1 })
}

export function countFacets(counts: Counts, most: number): RowFacets & { readonly kinds: readonly EventKind[] } {
  const times = counts.times.map(({ prefix }) => prefix).sort()
  const kinds = [...counts.kinds.values()].sort((left, right) => right.count - left.count)
  return {
    total: counts.total,
    levels: frequent(counts.levels, most),
    providers: frequent(counts.providers, most),
    firstAt: times[0] ?? null,
    lastAt: times.at(-1) ?? null,
    kinds: kinds.slice(0, most),
  }
}

function frequent(counts: ReadonlyMap<string | null, number>, most: number): readonly ValueCount[] {
  const values = [...counts].map(([value, count]) => ({ value, count }))
  return values.sort((left, right) => right.count - left.count).slice(0, most)
}
