import { ArrowDown, ArrowUp } from 'lucide-react'
import type { PointerEvent } from 'react'
import type { RowOrder } from '../api/runs.ts'
import type { Column, ColumnLayout } from './columns.ts'
import type { GridPosition } from './grid-keys.ts'
import { nextOrder } from './next-order.ts'
import styles from './row-grid.module.css'

interface HeadProps {
  readonly id: string
  readonly layout: ColumnLayout
  readonly active: GridPosition
  readonly order?: RowOrder
  readonly onOrder?: (order: RowOrder) => void
}

/** The sticky header: sorts by a press, widths by dragging; both also by keyboard (Enter, Shift with arrows). */
export function GridHead({ id, layout, active, order, onOrder }: HeadProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as for the grid.
    <div role="rowgroup" className={styles.head}>
      {/* biome-ignore lint/a11y/useSemanticElements: as for the grid. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and points at the active cell. */}
      <div role="row" aria-rowindex={1} className={styles.row}>
        {layout.columns.map((column, at) => (
          // biome-ignore lint/a11y/useSemanticElements: as for the grid.
          // biome-ignore lint/a11y/useFocusableInteractive: as for the row.
          <div
            key={column.id}
            id={`${id}--1-${at}`}
            role="columnheader"
            aria-colindex={at + 1}
            {...(column.sort === undefined || onOrder === undefined ? {} : { 'aria-sort': sortOf(column, order) })}
            className={column.isNumber ? `${styles.headCell} ${styles.headNumber}` : styles.headCell}
            data-active={active.row === -1 && active.column === at}
          >
            <HeadLabel column={column} onOrder={onOrder} order={order} />
            <Handle column={column} layout={layout} />
          </div>
        ))}
      </div>
    </div>
  )
}

function HeadLabel({
  column,
  order,
  onOrder,
}: {
  readonly column: Column
  readonly order: RowOrder | undefined
  readonly onOrder: HeadProps['onOrder'] | undefined
}) {
  if (column.sort === undefined || onOrder === undefined) return <span className={styles.label}>{column.title}</span>
  const Arrow = order?.order === 'desc' ? ArrowDown : ArrowUp
  return (
    <button type="button" tabIndex={-1} className={styles.sort} onClick={() => nextOrder(column, order, onOrder)}>
      <span className={styles.label}>{column.title}</span>
      {order?.sort === column.sort ? <Arrow aria-hidden="true" size={14} /> : null}
    </button>
  )
}

function sortOf(column: Column, order: RowOrder | undefined): 'ascending' | 'descending' | 'none' {
  if (order === undefined || order.sort !== column.sort) return 'none'
  return order.order === 'asc' ? 'ascending' : 'descending'
}

/** The edge of a column; dragging it changes the width. */
function Handle({ column, layout }: { readonly column: Column; readonly layout: ColumnLayout }) {
  const begin = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault()
    const handle = event.currentTarget
    const [startX, startPx] = [event.clientX, handle.parentElement?.offsetWidth ?? layout.widthOf(column)]
    handle.setPointerCapture(event.pointerId)
    const move = ({ clientX }: globalThis.PointerEvent) => layout.resize(column.id, startPx + clientX - startX)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true })
  }
  return <span className={styles.handle} aria-hidden="true" onPointerDown={begin} />
}
