import type { ClipboardEvent } from 'react'
import { useId, useRef, useState } from 'react'
import type { RowItem } from '../api/runs.ts'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/notice.tsx'
import { ColumnChoice } from './column-choice.tsx'
import { useColumnLayout } from './columns.ts'
import { copyRows, MOST_COPIED } from './copy-rows.ts'
import { GridHead } from './grid-head.tsx'
import { GridRow } from './grid-row.tsx'
import styles from './row-grid.module.css'
import type { RowGridProps } from './row-grid-props.ts'
import { useGridFocus } from './use-grid-focus.ts'
import { useGridKeys } from './use-grid-keys.ts'
import { MOST_SHOWN, useRowWindow } from './use-row-window.ts'

const LEAST_ROWS = 8

/** Rows in columns, any number of them: the keyboard reaches every cell, and only what is on screen is in the page. */
export function RowGrid(props: RowGridProps) {
  const { list, label, name, order, onOrder } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const layout = useColumnLayout(props.columns, name)
  const { virtual, count, rowPx } = useRowWindow(list, scroller, props.isTail ?? false)
  const focus = useGridFocus(props, { virtual, count, scroller })
  const { active, selected } = focus
  const [said, setSaid] = useState('')
  const keys = useGridKeys({ ...focus, props, count, rowPx, scroller, layout })
  const copy = (event: ClipboardEvent) => {
    if (count === 0 || String(getSelection()) !== '') return
    event.preventDefault()
    void copyRows({ list, columns: layout.columns, ...selected, event }).then(setSaid)
  }
  const template = layout.columns.map((column, at) => track(layout.widthOf(column), at === layout.columns.length - 1))
  const items = virtual.getVirtualItems()
  const isActiveShown = active.row === -1 || items.some(({ index }) => index === active.row)
  return (
    <div className={styles.box}>
      <div className={styles.bar}>
        <span className={styles.count} data-count={list.total ?? ''}>
          {countText(list.total, selected)}
        </span>
        <div className={styles.tools}>
          {props.tools}
          <ColumnChoice columns={props.columns} layout={layout} />
        </div>
      </div>
      {list.error === null ? null : (
        <div className={styles.problem}>
          <Problem error={list.error} />
          <Button small onClick={() => list.refresh()}>
            Try again
          </Button>
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a table of 100,000 rows cannot be in the page; ARIA's grid says which ones are. */}
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={layout.columns.length}
        aria-multiselectable="true"
        {...(isActiveShown ? { 'aria-activedescendant': `${id}-${active.row}-${active.column}` } : {})}
        className={styles.grid}
        tabIndex={0}
        onKeyDown={keys}
        onCopy={copy}
        style={{ '--columns': template.join(' '), ...heightFor(props, count, rowPx) } as Record<string, string>}
      >
        <GridHead
          id={id}
          layout={layout}
          active={active}
          {...(order === undefined ? {} : { order })}
          {...(onOrder === undefined ? {} : { onOrder })}
        />
        {/* biome-ignore lint/a11y/useSemanticElements: as for the grid. */}
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => (
            <GridRow
              key={index}
              id={id}
              place={index}
              top={start - rowPx}
              item={list.row(index)}
              columns={layout.columns}
              activeColumn={active.row === index ? active.column : -1}
              isSelected={index >= selected.first && index <= selected.last}
              isMarked={isMarked(list.row(index), props.marked)}
              tone={toneOf(list.row(index), props.tone)}
              onPoint={focus.point}
            />
          ))}
        </div>
      </div>
      <Foot props={props} said={said} onNewest={() => virtual.scrollToIndex(count - 1, { align: 'end' })} />
    </div>
  )
}

/** What stands below the rows: why there are none, what was done, and the way to the newest. */
function Foot(of: { readonly props: RowGridProps; readonly said: string; readonly onNewest: () => void }) {
  const { list, isTail = false, empty } = of.props
  const total = list.total ?? 0
  return (
    <>
      {list.total === 0 ? <div className={styles.empty}>{empty}</div> : null}
      {total > MOST_SHOWN ? <p>The first {MOST_SHOWN.toLocaleString('en')} rows are shown: narrow them.</p> : null}
      <p className="visually-hidden" role="status">
        {of.said}
      </p>
      {isTail && total > 0 ? (
        <Button small className={styles.newest} onClick={of.onNewest}>
          Newest rows
        </Button>
      ) : null}
    </>
  )
}

/** Few rows need no tall box; one that still fills keeps its height, so that nothing below it moves. */
function heightFor({ isTail = false }: RowGridProps, count: number, rowPx: number): Readonly<Record<string, string>> {
  return isTail ? {} : { maxBlockSize: `${(Math.max(count, LEAST_ROWS) + 2) * rowPx}px` }
}

function track(px: number, isLast: boolean): string {
  return isLast ? `minmax(${px}px, 1fr)` : `${px}px`
}

function countText(total: number | null, { first, last }: { readonly first: number; readonly last: number }): string {
  if (total === null) return 'Loading rows …'
  const rows = `${total.toLocaleString('en')} ${total === 1 ? 'row' : 'rows'}`
  const chosen = last - first + 1
  if (chosen <= 1 || total === 0) return rows
  const bound = chosen > MOST_COPIED ? ` (the first ${MOST_COPIED.toLocaleString('en')} are copied)` : ''
  return `${rows}, ${chosen.toLocaleString('en')} selected${bound}`
}

function isMarked(item: RowItem | undefined, marked: ReadonlySet<number> | undefined): boolean {
  return item !== undefined && marked?.has(item.n) === true
}

function toneOf(item: RowItem | undefined, tone: RowGridProps['tone']): 'bad' | 'warn' | undefined {
  return item === undefined ? undefined : tone?.(item)
}
