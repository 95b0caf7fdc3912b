import type { ChangeKind, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'

/** Which changes are wanted. */
export interface ChangeWindow {
  /** Both ends included, in ms since 1970. */
  readonly fromMs: number
  readonly toMs: number
  readonly kinds: ReadonlySet<ChangeKind>
}

/** More changes than any run may yield; what is older is left out, and the run says that there was more. */
const MAX_KEPT = 20_000
const DAY_MS = 86_400_000

/** Wanted changes, newest first. Two that say the same count once: the one that says more stays. */
export async function newestChanges(
  rows: AsyncIterable<ChangeRow>,
  window: ChangeWindow,
): Promise<readonly ChangeRow[]> {
  let kept: ChangeRow[] = []
  for await (const row of rows) {
    if (!isWanted(row, window)) continue
    kept.push(row)
    if (kept.length > MAX_KEPT * 2) kept = kept.sort(byTime).slice(0, MAX_KEPT)
  }
  return withoutRepeats(kept.sort(byTime))
}

function isWanted(row: ChangeRow, window: ChangeWindow): boolean {
  const time = Date.parse(row.time)
  // A day without a time of day counts when any part of it lies in the window.
  const latest = row.dayOnly === true ? time + DAY_MS - 1 : time
  return window.kinds.has(row.kind) && latest >= window.fromMs && time <= window.toMs
}

function byTime(a: ChangeRow, b: ChangeRow): number {
  return a.time < b.time ? 1 : a.time > b.time ? -1 : 0
}

/**
 * Windows Installer logs one installation under two ids and as an uninstall key. A row is a repeat when another of the
 * same kind and name lies within two minutes, or on its day when it has only that.
 */
function withoutRepeats(rows: readonly ChangeRow[]): readonly ChangeRow[] {
  const byName = new Map<string, ChangeRow[]>()
  for (const row of [...rows].sort((a, b) => detailOf(b) - detailOf(a))) {
    const key = `${row.kind} ${row.name} ${row.architecture ?? ''}`
    const same = byName.get(key) ?? []
    if (same.some((other) => isSameChange(row, other))) continue
    same.push(row)
    byName.set(key, same)
  }
  return [...byName.values()].flat().sort(byTime)
}

function isSameChange(row: ChangeRow, other: ChangeRow): boolean {
  if (row.source === other.source) return false
  const apart = Math.abs(Date.parse(row.time) - Date.parse(other.time))
  return apart <= (row.dayOnly === true ? DAY_MS : 120_000)
}

function detailOf(row: ChangeRow): number {
  return Object.keys(row).length - (row.dayOnly === true ? 100 : 0)
}

/** Passes on a source that failed, or that held records that were not understood, without ending the run. */
export function passOn(ctx: CollectorContext, error: unknown): void {
  if (!(error instanceof SourceError)) throw error
  ctx.partial(error)
}

/** Marks the result as partial when a parser left something out. */
export function passUnparsed(ctx: CollectorContext, source: string, unparsed: number): void {
  if (unparsed > 0)
    ctx.partial(new SourceError('failed', source, `${unparsed} records of ${source} could not be understood.`))
}
