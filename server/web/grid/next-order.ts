import type { RowOrder } from '../api/runs.ts'
import type { Column } from './columns.ts'

/** Sorts by a column: ascending, then descending, then in the order of the run. */
export function nextOrder(
  column: Column | undefined,
  order: RowOrder | undefined,
  onOrder: ((order: RowOrder) => void) | undefined,
): void {
  if (column?.sort === undefined || onOrder === undefined) return
  if (order?.sort !== column.sort) onOrder({ sort: column.sort, order: 'asc' })
  else onOrder(order.order === 'asc' ? { sort: column.sort, order: 'desc' } : { sort: 'n', order: 'asc' })
}
