import type { ReactNode } from 'react'
import type { RowItem, RowOrder } from '../api/runs.ts'
import type { Column } from './columns.ts'
import type { RowList } from './row-list.ts'

export interface RowGridProps {
  /** What the rows are, for screen readers. */
  readonly label: string
  readonly list: RowList
  readonly columns: readonly Column[]
  /** Under which name the columns' choice and widths are kept. */
  readonly name: string
  readonly order?: RowOrder
  readonly onOrder?: (order: RowOrder) => void
  /** The row that the keyboard or the pointer went to; `isOpened` after Enter. */
  readonly onRow?: (item: RowItem, isOpened: boolean) => void
  /** Numbers of rows that a finding points at. */
  readonly marked?: ReadonlySet<number>
  /** Other rows than before begin at their top; the list itself when absent. */
  readonly identity?: string
  /** A place to bring on screen; a new object does it again. */
  readonly jump?: { readonly place: number } | null
  /** New rows come at the end. */
  readonly isTail?: boolean
  /** Tone of a row's line, besides what its words say. */
  readonly tone?: (item: RowItem) => 'bad' | 'warn' | undefined
  readonly empty: ReactNode
  /** Beside the choice of columns. */
  readonly tools?: ReactNode
}
