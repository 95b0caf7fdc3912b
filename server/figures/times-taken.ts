import type { TimesByPriority, TimesTaken } from './figures.ts'

/** The smallest of the values that so large a share of them does not exceed (nearest rank); null when there are none. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}

/** Median and p90 of lengths of time, for all and for each priority. */
export function timesByPriority(
  lengths: readonly { readonly priority: number; readonly ms: number }[],
): TimesByPriority {
  const priorities = [...new Set(lengths.map(({ priority }) => priority))].toSorted((one, other) => one - other)
  return {
    all: timesTaken(lengths.map(({ ms }) => ms)),
    byPriority: priorities.map((priority) => ({
      priority,
      ...timesTaken(lengths.filter((length) => length.priority === priority).map(({ ms }) => ms)),
    })),
  }
}

function timesTaken(lengths: readonly number[]): TimesTaken {
  const sorted = lengths.toSorted((one, other) => one - other)
  return {
    count: sorted.length,
    medianMs: percentile(sorted, 0.5),
    p90Ms: percentile(sorted, 0.9),
  }
}
