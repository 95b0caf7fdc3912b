import { useMemo, useState } from 'react'
import type { RowItem } from '../../api/runs.ts'
import type { Column } from '../../grid/columns.ts'
import { bytesText } from '../../ui/words.tsx'
import { hasWords, LocalGrid, LocalSearch, Pills } from './local-grid.tsx'
import { Meter } from './meter.tsx'
import type { TreeRow } from './process-tree.ts'
import { treeOf } from './process-tree.ts'
import styles from './run-page.module.css'
import type { ViewProps } from './run-page.tsx'
import { useAllRows } from './use-run.ts'
import { numberField, textField, timeText } from './words.ts'

const LAYOUTS = [
  { value: 'flat', title: 'By use' },
  { value: 'tree', title: 'As a tree' },
] as const
const BUSY_PERCENT = 50
const BUSIEST = { sort: 'cpuPercent', order: 'desc' } as const

/** Programs that ran: by what they use, or below the one that started them. */
export function ProcessesView({ run }: ViewProps) {
  const { rows, isDone, error } = useAllRows(run)
  const [text, setText] = useState('')
  const [layout, setLayout] = useState<'flat' | 'tree'>('flat')
  const shown = useMemo(() => {
    const some = rows.filter((row) => hasWords(row, text))
    return layout === 'tree' ? treeOf(some) : some
  }, [rows, text, layout])
  const columns = useMemo(() => columnsFor(rows), [rows])
  return (
    <>
      <div className={styles.filters}>
        <LocalSearch label="Search in the processes" text={text} onText={setText} />
        <Pills label="Layout" values={LAYOUTS} chosen={layout} onChoose={(value) => setLayout(value ?? layout)} />
      </div>
      <LocalGrid
        key={layout}
        {...{ run, columns, isDone, error }}
        rows={shown}
        label="Processes"
        name="processes"
        hasFilter={text !== ''}
        isFixed={layout === 'tree'}
        firstOrder={BUSIEST}
        tone={toneOf}
      />
    </>
  )
}

function toneOf({ row }: RowItem): 'bad' | 'warn' | undefined {
  if ((numberField(row, 'cpuPercent') ?? 0) >= BUSY_PERCENT) return 'warn'
  return row.state === 'zombie' || row.state === 'blocked' ? 'bad' : undefined
}

function columnsFor(rows: readonly RowItem[]): readonly Column[] {
  const most = (name: string) => rows.reduce((top, { row }) => Math.max(top, numberField(row, name) ?? 0), 0)
  const [cpu, memory] = [Math.max(100, most('cpuPercent')), most('rssBytes')]
  return [
    { id: 'name', title: 'Name', width: 230, value: ({ row }) => textField(row, 'name'), show: nameOf, sort: 'name' },
    number('pid', 'Id', 84),
    {
      ...number('cpuPercent', 'Processor', 150),
      show: ({ row }) => bar(numberField(row, 'cpuPercent'), cpu, (value) => `${value.toFixed(1)} %`),
    },
    {
      ...number('rssBytes', 'Memory', 160),
      show: ({ row }) => bar(numberField(row, 'rssBytes'), memory, bytesText),
    },
    text('user', 'Account', 120),
    text('state', 'State', 92),
    { ...text('startedAt', 'Started', 176), show: ({ row }) => timeText(textField(row, 'startedAt')) },
    text('commandLine', 'Command line', 420),
    { ...number('ppid', 'Parent', 84), isExtra: true },
    { ...number('threads', 'Threads', 84), isExtra: true },
    {
      ...number('swapBytes', 'In swap', 110),
      isExtra: true,
      show: ({ row }) => bytesOf(numberField(row, 'swapBytes')),
    },
    { ...number('readBytes', 'Read', 110), isExtra: true, show: ({ row }) => bytesOf(numberField(row, 'readBytes')) },
    {
      ...number('writtenBytes', 'Written', 110),
      isExtra: true,
      show: ({ row }) => bytesOf(numberField(row, 'writtenBytes')),
    },
    { ...text('group', 'Group', 220), isExtra: true },
  ]
}

function text(name: string, title: string, width: number): Column {
  return { id: name, title, width, value: ({ row }) => textField(row, name), sort: name }
}

function number(name: string, title: string, width: number): Column {
  return {
    ...text(name, title, width),
    value: ({ row }) => numberField(row, name) ?? '',
    show: ({ row }) => textField(row, name),
    isNumber: true,
  }
}

function nameOf(item: RowItem) {
  const { depth } = item as Partial<TreeRow> // Only the tree gives rows with a depth.
  const name = textField(item.row, 'name')
  if (depth === undefined || depth === 0) return name
  return (
    <span style={{ paddingInlineStart: `${depth * 0.875}rem` }}>
      <span className="visually-hidden">level {depth + 1}: </span>
      <span aria-hidden="true" className={styles.soft}>
        └{' '}
      </span>
      {name}
    </span>
  )
}

function bar(value: number | null, most: number, toText: (value: number) => string) {
  if (value === null) return ''
  const percent = most === 0 ? 0 : (value / most) * 100
  return <Meter percent={percent} text={toText(value)} {...(percent >= BUSY_PERCENT ? { tone: 'warn' } : {})} />
}

function bytesOf(value: number | null): string {
  return value === null ? '' : bytesText(value)
}
