import type { KeyboardEvent } from 'react'
import type { ColumnLayout } from './columns.ts'
import type { GridPosition } from './grid-keys.ts'
import { moved } from './grid-keys.ts'
import { nextOrder } from './next-order.ts'
import type { RowGridProps } from './row-grid-props.ts'
import type { GridFocus } from './use-grid-focus.ts'

const RESIZE_PX = 16

interface KeysOf extends Pick<GridFocus, 'active' | 'go' | 'selectAll'> {
  readonly props: RowGridProps
  readonly count: number
  readonly rowPx: number
  readonly scroller: { readonly current: HTMLDivElement | null }
  readonly layout: ColumnLayout
}

/** What keys do in a grid: move, extend the selection, open a row, sort and size columns. */
export function useGridKeys(of: KeysOf) {
  return (event: KeyboardEvent<HTMLDivElement>) => {
    const action = resizing(of, event) ?? command(of, event) ?? move(of, event)
    if (action === null) return
    event.preventDefault()
    action()
  }
}

type Action = () => void

/** Shift with an arrow in the header. */
function resizing({ active, layout }: KeysOf, { key, shiftKey }: KeyboardEvent): Action | null {
  const column = layout.columns[active.column]
  const isArrow = key === 'ArrowRight' || key === 'ArrowLeft'
  if (active.row !== -1 || !shiftKey || !isArrow || column === undefined) return null
  const step = key === 'ArrowRight' ? RESIZE_PX : -RESIZE_PX
  return () => layout.resize(column.id, layout.widthOf(column) + step)
}

/** Enter sorts in the header and opens a row below it; Ctrl+A selects all. */
function command({ props, active, count, layout, selectAll }: KeysOf, event: KeyboardEvent): Action | null {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') return count > 0 ? selectAll : null
  if (event.key !== 'Enter') return null
  if (active.row === -1) return () => nextOrder(layout.columns[active.column], props.order, props.onOrder)
  const item = props.list.row(active.row)
  return item === undefined ? null : () => props.onRow?.(item, true)
}

function move({ active, count, layout, rowPx, scroller, go }: KeysOf, event: KeyboardEvent): Action | null {
  const height = (scroller.current?.clientHeight ?? 0) - rowPx
  const rowsOnScreen = Math.max(1, Math.floor(height / rowPx) - 1)
  const to: GridPosition | null = moved(active, event, { rows: count, columns: layout.columns.length, rowsOnScreen })
  return to === null ? null : () => go(to, event.shiftKey)
}
