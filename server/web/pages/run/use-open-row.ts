import { useCallback, useState } from 'react'
import type { RowItem } from '../../api/runs.ts'

type OpenRow = Pick<RowItem, 'n'> | null

/** The row that stands beside the grid: opened by a press or Enter, then follows the active row. */
export function useOpenRow(): readonly [OpenRow, (row: OpenRow) => void, (item: RowItem, isOpened: boolean) => void] {
  const [open, setOpen] = useState<OpenRow>(null)
  const onRow = useCallback(
    ({ n }: RowItem, isOpened: boolean) => setOpen((before) => (before !== null || isOpened ? { n } : before)),
    [],
  )
  return [open, setOpen, onRow]
}
