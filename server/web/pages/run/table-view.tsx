import { useMemo, useSyncExternalStore } from 'react'
import type { RowItem } from '../../api/runs.ts'
import type { Column } from '../../grid/columns.ts'
import { RowGrid } from '../../grid/row-grid.tsx'
import type { RowList } from '../../grid/row-list.ts'
import { Empty } from '../../ui/notice.tsx'
import { EvidenceBar } from './evidence-bar.tsx'
import { SearchField } from './filter-parts.tsx'
import { RowPanel } from './row-panel.tsx'
import styles from './run-page.module.css'
import type { ViewProps } from './run-page.tsx'
import { useJump } from './use-jump.ts'
import { useOpenRow } from './use-open-row.ts'
import { isUnset, useRemoteRows } from './use-run.ts'
import { collectorTitle, emptyText, fieldTitle, numberField, timeText, valueText } from './words.ts'

/** Rows that name the columns. */
const ROWS_FOR_COLUMNS = 200
/** Columns that are shown at first; the others wait in the choice. */
const FIRST_COLUMNS = 8
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Any rows as a table: every field is a column. */
export function TableView({ run, query }: ViewProps) {
  const list = useRemoteRows(run, query.filter, query.order)
  const columns = useFieldColumns(list)
  const [open, setOpen, openRow] = useOpenRow()
  const jump = useJump({ run, query, list })
  const marked = useMemo(() => new Set(query.evidence), [query.evidence])
  const hasFilter = !Object.values(query.filter).every(isUnset)
  return (
    <>
      <EvidenceBar run={run} query={query} jump={jump} />
      <div className={styles.filters}>
        <SearchField query={query} />
      </div>
      <div className={styles.split} data-open={open !== null}>
        <RowGrid
          label={`${collectorTitle(run.collector)} rows`}
          list={list}
          columns={columns}
          name={`table-${run.collector}`}
          order={query.order}
          onOrder={({ sort, order }) =>
            query.change({ sort: sort === 'n' ? null : sort, order: order === 'asc' ? null : order })
          }
          onRow={openRow}
          marked={marked}
          jump={jump.place}
          isTail={run.endedAt === null}
          empty={<Empty title="No rows">{emptyText(run, hasFilter)}</Empty>}
        />
        {open === null ? null : <RowPanel run={run} n={open.n} onClose={() => setOpen(null)} />}
      </div>
    </>
  )
}

const NUMBER: Column = { id: 'n', title: 'Row', width: 80, value: ({ n }) => n, sort: 'n', isNumber: true }

/** A column for each field that the first rows have. */
function useFieldColumns(list: RowList): readonly Column[] {
  const names = useSyncExternalStore(
    (changed) => list.subscribe(changed),
    () => fieldNames(list),
  )
  return useMemo(() => {
    const fields = JSON.parse(names) as readonly [string, boolean][] // Written by `fieldNames`.
    return [NUMBER, ...fields.map(([name, isNumber], at) => fieldColumn(name, isNumber, at >= FIRST_COLUMNS))]
  }, [names])
}

/** As a text, so that equal lists are one. */
function fieldNames(list: RowList): string {
  const fields = new Map<string, boolean>()
  const last = Math.min(ROWS_FOR_COLUMNS, list.total ?? 0)
  for (let place = 0; place < last; place += 1) {
    for (const [name, value] of Object.entries(list.row(place)?.row ?? {}))
      fields.set(name, (fields.get(name) ?? true) && typeof value === 'number')
  }
  return JSON.stringify([...fields].slice(0, 64))
}

function fieldColumn(name: string, isNumber: boolean, isExtra: boolean): Column {
  return {
    id: name,
    title: fieldTitle(name),
    width: isNumber ? 110 : 180,
    isNumber,
    isExtra,
    value: ({ row }) => (isNumber ? (numberField(row, name) ?? '') : shown({ row }, name)),
    // Names that the server does not take as a field are shown and not sorted by.
    ...(/^[A-Za-z][\w.-]{0,63}$/.test(name) ? { sort: name } : {}),
  }
}

function shown({ row }: Pick<RowItem, 'row'>, name: string): string {
  const text = valueText(row[name])
  return INSTANT.test(text) ? timeText(text) : text
}
