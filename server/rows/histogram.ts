import type { RowTime } from '../store/entities.ts'

/** Rows of one stretch of time. */
export interface TimeBucket {
  /** Start. */
  readonly at: string
  readonly count: number
  /** Of these, critical ones and errors. */
  readonly bad: number
  readonly warnings: number
  /** The most serious level among them; null when none is known. */
  readonly worst: string | null
}

export interface Histogram {
  readonly bucketMs: number
  readonly buckets: readonly TimeBucket[]
}

/** Levels of events, worst first. */
const LEVELS = ['critical', 'error', 'warning', 'information', 'verbose']
/** Lengths of the beginnings of an instant, coarse to fine, and the time that each spans. */
const GRAINS = [
  { length: 4, ms: 366 * 86_400_000 },
  { length: 7, ms: 31 * 86_400_000 },
  { length: 10, ms: 86_400_000 },
  { length: 13, ms: 3_600_000 },
  { length: 15, ms: 600_000 },
  { length: 16, ms: 60_000 },
  { length: 18, ms: 10_000 },
  { length: 19, ms: 1_000 },
  { length: 23, ms: 1 },
] as const
const MOST_GROUPS = 4_000
const ZERO = '0000-01-01T00:00:00.000Z'
/** Widths that people read easily; beyond them a whole number of days. */
const STEPS_MS = [
  1, 10, 100, 1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000,
  43_200_000, 86_400_000,
]
const DAY_MS = 86_400_000

/** The finest beginning of an instant by which a span of time gives few enough groups. */
export function grainFor(spanMs: number): { readonly length: number; readonly ms: number } {
  return GRAINS.findLast(({ ms }) => spanMs / ms <= MOST_GROUPS) ?? GRAINS[0]
}

/** Gathers counted times into at most `most` buckets of one width, without gaps between first and last. */
export function histogramOf(times: readonly RowTime[], most: number): Histogram {
  const dated = times
    .map((time) => ({ ...time, ms: Date.parse(time.prefix + ZERO.slice(time.prefix.length)) }))
    .filter(({ ms }) => Number.isFinite(ms))
  const first = dated.reduce((least, { ms }) => Math.min(least, ms), Number.POSITIVE_INFINITY)
  const last = dated.reduce((latest, { ms }) => Math.max(latest, ms), Number.NEGATIVE_INFINITY)
  if (dated.length === 0) return { bucketMs: 0, buckets: [] }
  const bucketMs = widthFor(last - first, most)
  const start = Math.floor(first / bucketMs) * bucketMs
  const buckets = Array.from({ length: Math.floor((last - start) / bucketMs) + 1 }, (_, at) => ({
    at: new Date(start + at * bucketMs).toISOString(),
    count: 0,
    bad: 0,
    warnings: 0,
    worst: null as string | null,
  }))
  for (const { ms, level, count } of dated) {
    const bucket = buckets[Math.floor((ms - start) / bucketMs)]
    if (bucket === undefined) continue
    bucket.count += count
    if (level === 'critical' || level === 'error') bucket.bad += count
    if (level === 'warning') bucket.warnings += count
    if (level !== null && isWorse(level, bucket.worst)) bucket.worst = level
  }
  return { bucketMs, buckets }
}

/** One less than `most`, because the first bucket may begin before the first time. */
function widthFor(spanMs: number, most: number): number {
  const least = Math.max(1, spanMs / Math.max(1, most - 1))
  return STEPS_MS.find((step) => step >= least) ?? Math.ceil(least / DAY_MS) * DAY_MS
}

function isWorse(level: string, than: string | null): boolean {
  const rank = LEVELS.indexOf(level)
  return rank >= 0 && (than === null || rank < LEVELS.indexOf(than))
}
