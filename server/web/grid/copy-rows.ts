import type { ClipboardEvent } from 'react'
import type { RowItem } from '../api/runs.ts'
import type { Column } from './columns.ts'
import { clipboardCell } from './columns.ts'
import type { RowList } from './row-list.ts'

/** More rows are for a file. */
export const MOST_COPIED = 5_000

/** Puts rows into the clipboard, tab separated; answers what to say about it. */
export async function copyRows(of: {
  readonly list: RowList
  readonly columns: readonly Column[]
  readonly first: number
  readonly last: number
  readonly event: ClipboardEvent
}): Promise<string> {
  const last = Math.min(of.last, of.first + MOST_COPIED - 1)
  const here: RowItem[] = []
  for (let place = of.first; place <= last; place += 1) {
    const item = of.list.row(place)
    if (item === undefined) break
    here.push(item)
  }
  if (here.length === last - of.first + 1) {
    // What is loaded goes with the event itself, which needs no permission.
    of.event.clipboardData.setData('text/plain', tsv(here, of.columns))
    return copied(here.length)
  }
  try {
    const rows = await of.list.load(of.first, last)
    await navigator.clipboard.writeText(tsv(rows, of.columns))
    return copied(rows.length)
  } catch {
    return 'The rows could not be copied. Select fewer of them, or download them.'
  }
}

function copied(count: number): string {
  return count === 1 ? 'Copied one row.' : `Copied ${count.toLocaleString('en')} rows.`
}

function tsv(items: readonly RowItem[], columns: readonly Column[]): string {
  const head = columns.map(({ title }) => title).join('\t')
  if (items.length === 1) return items.map((item) => line(item, columns)).join('')
  return [head, ...items.map((item) => line(item, columns))].join('\n')
}

function line(item: RowItem, columns: readonly Column[]): string {
  return columns.map(({ value }) => clipboardCell(value(item))).join('\t')
}
