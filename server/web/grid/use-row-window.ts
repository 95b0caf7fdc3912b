import type { Virtualizer } from '@tanstack/react-virtual'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { RefObject } from 'react'
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import type { RowList } from './row-list.ts'

/** Browsers lay out no taller element than about 17 million px; beyond this many rows a filter is asked for. */
export const MOST_SHOWN = 600_000
const ROW_REM = 1.75
const OVERSCAN = 12

export interface RowWindow {
  readonly virtual: Virtualizer<HTMLDivElement, Element>
  readonly count: number
  readonly rowPx: number
}

/** The rows that are on screen, loaded as they come near, and the end followed while the person is there. */
export function useRowWindow(list: RowList, scroller: RefObject<HTMLDivElement | null>, isTail: boolean): RowWindow {
  useSyncExternalStore(
    (changed) => list.subscribe(changed),
    () => list.version,
  )
  const rowPx = Math.round(ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize))
  const count = Math.min(list.total ?? 0, MOST_SHOWN)
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    // The sticky header stands above the rows.
    scrollMargin: rowPx,
    scrollPaddingStart: rowPx,
  })
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => list.want(first, last), [list, first, last])
  useFollowEnd(scroller, count, isTail)
  return { virtual, count, rowPx }
}

/** Keeps the newest row on screen for whoever looks at the end; everybody else stays where they are. */
function useFollowEnd(scroller: RefObject<HTMLDivElement | null>, count: number, isTail: boolean): void {
  const isAtEnd = useRef(false)
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const look = () => {
      const isScrollable = element.scrollHeight > element.clientHeight + 1
      isAtEnd.current = isScrollable && element.scrollTop + element.clientHeight >= element.scrollHeight - 8
    }
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [scroller])
  useLayoutEffect(() => {
    const element = scroller.current
    if (isTail && isAtEnd.current && element !== null && count > 0) element.scrollTop = element.scrollHeight
  }, [scroller, count, isTail])
}
