import type { RowItem } from '../../api/runs.ts'
import { numberField } from './words.ts'

export interface TreeRow extends RowItem {
  readonly depth: number
}

const DEEPEST = 32

/** Processes below the one that started them, in the order of their numbers. What a hostile device ties in a ring stands at the top. */
export function treeOf(rows: readonly RowItem[]): readonly TreeRow[] {
  const byPid = new Map(rows.map((row) => [numberField(row.row, 'pid'), row]))
  const children = new Map<RowItem | null, RowItem[]>()
  for (const row of rows) {
    const parent = byPid.get(numberField(row.row, 'ppid')) ?? null
    const under = parent === row ? null : parent
    children.set(under, [...(children.get(under) ?? []), row])
  }
  const tree: TreeRow[] = []
  const seen = new Set<RowItem>()
  const waiting: { row: RowItem; depth: number }[] = []
  const take = (start: readonly RowItem[]) => {
    waiting.push(...start.toReversed().map((row) => ({ row, depth: 0 })))
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { row, depth } = next
      if (seen.has(row)) continue
      seen.add(row)
      tree.push({ ...row, depth })
      const below = (children.get(row) ?? []).toReversed()
      waiting.push(...below.map((child) => ({ row: child, depth: Math.min(depth + 1, DEEPEST) })))
    }
  }
  take(children.get(null) ?? [])
  for (const row of rows) if (!seen.has(row)) take([row])
  return tree
}
