import type { MouseEvent } from 'react'
import { memo } from 'react'
import type { RowItem } from '../api/runs.ts'
import type { Column } from './columns.ts'
import styles from './row-grid.module.css'

interface RowProps {
  readonly id: string
  readonly place: number
  readonly top: number
  /** Undefined while the row is on its way. */
  readonly item: RowItem | undefined
  readonly columns: readonly Column[]
  /** The column of the active cell; -1 when it is in another row. */
  readonly activeColumn: number
  readonly isSelected: boolean
  readonly isMarked: boolean
  readonly tone: 'bad' | 'warn' | undefined
  readonly onPoint: (place: number, column: number, isExtending: boolean) => void
}

/** One row on screen. */
export const GridRow = memo(OneRow)

function OneRow(props: RowProps) {
  const { id, place, item, columns } = props
  const point = (event: MouseEvent<HTMLDivElement>) => {
    const cell = event.target instanceof Element ? event.target.closest('[aria-colindex]') : null
    props.onPoint(place, Number(cell?.getAttribute('aria-colindex') ?? 1) - 1, event.shiftKey)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: as for the grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and points at the active cell.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all of its rows.
    <div
      role="row"
      aria-rowindex={place + 2}
      aria-selected={props.isSelected}
      className={styles.row}
      data-active={props.activeColumn >= 0}
      data-marked={props.isMarked}
      data-tone={props.tone}
      data-blank={item === undefined}
      data-n={item?.n}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={point}
    >
      {columns.map((column, at) => (
        // biome-ignore lint/a11y/useSemanticElements: as for the grid.
        // biome-ignore lint/a11y/useFocusableInteractive: as for the row.
        <div
          key={column.id}
          id={`${id}-${place}-${at}`}
          role="gridcell"
          aria-colindex={at + 1}
          className={column.isNumber ? `${styles.cell} ${styles.number}` : styles.cell}
          data-active={props.activeColumn === at}
        >
          {item === undefined ? (
            <span className={styles.blank}>
              <span className="visually-hidden">Loading</span>
            </span>
          ) : (
            (column.show?.(item) ?? shownText(column.value(item)))
          )}
          {props.isMarked && at === 0 ? <span className="visually-hidden"> (evidence)</span> : null}
        </div>
      ))}
    </div>
  )
}

function shownText(value: string | number): string {
  return typeof value === 'number' ? value.toLocaleString('en') : value
}
