import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { useId, useMemo, useState } from 'react'
import type { RowItem, RowOrder, RunView } from '../../api/runs.ts'
import type { Column } from '../../grid/columns.ts'
import { RowGrid } from '../../grid/row-grid.tsx'
import { localRows } from '../../grid/row-list.ts'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { RowPanel } from './row-panel.tsx'
import styles from './run-page.module.css'
import { useOpenRow } from './use-open-row.ts'
import { emptyText, valueText } from './words.ts'

/** Whether all of the typed words stand somewhere in the row. */
export function hasWords(item: RowItem, typed: string): boolean {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return true
  const text = Object.values(item.row).map(valueText).join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

/** A search field of its own, for rows that are all here. */
export function LocalSearch({
  label,
  text,
  onText,
}: {
  readonly label: string
  readonly text: string
  readonly onText: (text: string) => void
}) {
  const id = useId()
  return (
    <div className={styles.search}>
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <Search aria-hidden="true" size={16} />
      <input id={id} type="search" placeholder={label} value={text} onChange={({ target }) => onText(target.value)} />
    </div>
  )
}

/** The grid over rows that are all here, sorted in the browser, with the whole row beside it. */
export function LocalGrid(props: {
  readonly run: RunView
  readonly label: string
  readonly name: string
  readonly rows: readonly RowItem[]
  readonly columns: readonly Column[]
  readonly isDone: boolean
  readonly error: unknown
  readonly hasFilter: boolean
  /** Keeps the order of the rows, as a tree does. */
  readonly isFixed?: boolean
  readonly tone?: (item: RowItem) => 'bad' | 'warn' | undefined
  readonly firstOrder?: RowOrder
}) {
  const { rows, columns, isFixed = false, run } = props
  const [order, setOrder] = useState<RowOrder>(props.firstOrder ?? { sort: 'n', order: 'asc' })
  const [open, setOpen, openRow] = useOpenRow()
  const sorted = useMemo(() => (isFixed ? rows : sortRows(rows, columns, order)), [rows, columns, order, isFixed])
  const list = useMemo(() => localRows(sorted), [sorted])
  if (!props.isDone && rows.length === 0) return <Loading what="Loading rows" />
  return (
    <>
      <Problem error={props.error} />
      <div className={styles.split} data-open={open !== null}>
        <RowGrid
          label={props.label}
          list={list}
          columns={columns}
          name={props.name}
          onRow={openRow}
          identity={JSON.stringify([order, props.name, props.hasFilter])}
          {...(isFixed ? {} : { order, onOrder: setOrder })}
          {...(props.tone === undefined ? {} : { tone: props.tone })}
          empty={<Empty title="No rows">{emptyText(run, props.hasFilter)}</Empty>}
        />
        {open === null ? null : <RowPanel run={run} n={open.n} onClose={() => setOpen(null)} />}
      </div>
    </>
  )
}

/** What has no value comes last, whichever way. */
function sortRows(rows: readonly RowItem[], columns: readonly Column[], { sort, order }: RowOrder): readonly RowItem[] {
  const column = columns.find((candidate) => candidate.sort === sort)
  if (column === undefined) return rows
  const sign = order === 'asc' ? 1 : -1
  const keyed = rows.map((row) => ({ row, key: column.value(row) }))
  keyed.sort((left, right) => {
    if (left.key === '' || right.key === '') return Number(left.key === '') - Number(right.key === '')
    return sign * compare(left.key, right.key)
  })
  return keyed.map(({ row }) => row)
}

function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left).localeCompare(String(right), 'en', { numeric: true })
}

/** A choice of one of a few, each with how many there are. */
export function Pills<Value extends string>(props: {
  readonly label: string
  readonly values: readonly { readonly value: Value; readonly title: ReactNode; readonly count?: number }[]
  readonly chosen: Value | null
  readonly onChoose: (value: Value | null) => void
}) {
  return (
    <fieldset className={styles.pills} aria-label={props.label}>
      {props.values.map(({ value, title, count }) => (
        <button
          key={value}
          type="button"
          aria-pressed={props.chosen === value}
          onClick={() => props.onChoose(props.chosen === value ? null : value)}
        >
          {title} {count === undefined ? null : <span>{count.toLocaleString('en')}</span>}
        </button>
      ))}
    </fieldset>
  )
}
