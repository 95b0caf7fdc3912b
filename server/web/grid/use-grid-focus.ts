import type { RefObject } from 'react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { GridPosition } from './grid-keys.ts'
import type { RowGridProps } from './row-grid-props.ts'
import type { RowWindow } from './use-row-window.ts'

export interface GridFocus {
  readonly active: GridPosition
  /** First and last place of the selection; the active row alone until Shift extends it. */
  readonly selected: { readonly first: number; readonly last: number }
  readonly go: (to: GridPosition, isExtending: boolean) => void
  /** The same for the pointer; never another function, so that rows need not be drawn anew. */
  readonly point: (row: number, column: number, isExtending: boolean) => void
  readonly selectAll: () => void
}

/** Where the keyboard is and what is selected. */
export function useGridFocus(
  props: RowGridProps,
  of: Pick<RowWindow, 'virtual' | 'count'> & { readonly scroller: RefObject<HTMLDivElement | null> },
): GridFocus {
  const { list, jump = null } = props
  const [active, setActive] = useState<GridPosition>({ row: 0, column: 0 })
  const [anchor, setAnchor] = useState(0)
  const { virtual, count, scroller } = of
  const isKnown = list.total !== null
  const identity = props.identity ?? list
  const scrollTo = useRef(virtual)
  scrollTo.current = virtual
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at their top.
  useEffect(() => {
    setActive(({ row, column }) => ({ row: Math.min(row, 0), column }))
    setAnchor(0)
    if (scroller.current !== null) scroller.current.scrollTop = 0
  }, [identity])
  useEffect(() => {
    if (jump === null || !isKnown) return
    setActive(({ column }) => ({ row: jump.place, column }))
    setAnchor(jump.place)
    scrollTo.current.scrollToIndex(jump.place, { align: 'center' })
  }, [jump, isKnown])
  const go = (to: GridPosition, isExtending: boolean) => {
    setActive(to)
    if (!isExtending) setAnchor(Math.max(to.row, 0))
    if (to.row >= 0) virtual.scrollToIndex(to.row)
    const item = list.row(to.row)
    if (item !== undefined) props.onRow?.(item, false)
  }
  const newestGo = useRef(go)
  newestGo.current = go
  const point = useCallback(
    (row: number, column: number, isExtending: boolean) => newestGo.current({ row, column }, isExtending),
    [],
  )
  const selectAll = () => {
    setAnchor(0)
    setActive({ row: count - 1, column: active.column })
  }
  const selected = { first: Math.min(anchor, Math.max(active.row, 0)), last: Math.max(anchor, active.row) }
  return { active, selected, go, point, selectAll }
}
