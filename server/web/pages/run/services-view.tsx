import { useMemo, useState } from 'react'
import type { RowItem } from '../../api/runs.ts'
import type { Column } from '../../grid/columns.ts'
import { Badge } from '../../ui/badge.tsx'
import { bytesText } from '../../ui/words.tsx'
import { hasWords, LocalGrid, LocalSearch, Pills } from './local-grid.tsx'
import styles from './run-page.module.css'
import type { ViewProps } from './run-page.tsx'
import { useAllRows } from './use-run.ts'
import { fieldTitle, numberField, textField, timeText } from './words.ts'

/** In the order in which a technician wants to see them. */
const STATES: Readonly<Record<string, { readonly rank: number; readonly tone: 'bad' | 'warn' | 'good' | 'plain' }>> = {
  failed: { rank: 0, tone: 'bad' },
  starting: { rank: 1, tone: 'warn' },
  stopping: { rank: 2, tone: 'warn' },
  unknown: { rank: 3, tone: 'plain' },
  paused: { rank: 4, tone: 'warn' },
  running: { rank: 5, tone: 'good' },
  stopped: { rank: 6, tone: 'plain' },
  finished: { rank: 7, tone: 'plain' },
}
const LAST = 8

function rankOf(row: RowItem['row']): number {
  return STATES[textField(row, 'state')]?.rank ?? LAST
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
    isExtra: true,
  }
}

const COLUMNS: readonly Column[] = [
  {
    ...text('state', 'State', 110),
    show: ({ row }) => (
      <Badge tone={STATES[textField(row, 'state')]?.tone ?? 'plain'}>{fieldTitle(textField(row, 'state'))}</Badge>
    ),
  },
  text('name', 'Name', 260),
  text('title', 'What it is', 300),
  { ...text('startMode', 'Starts', 150), value: ({ row }) => fieldTitle(textField(row, 'startMode')) },
  text('stateDetail', 'In detail', 180),
  { ...text('result', 'Last end', 150), value: ({ row }) => lastEnd(row) },
  text('account', 'Account', 140),
  {
    ...number('memoryBytes', 'Memory', 110),
    show: ({ row }) => (typeof row.memoryBytes === 'number' ? bytesText(row.memoryBytes) : ''),
  },
  number('pid', 'Process id', 96),
  number('restarts', 'Restarts', 96),
  { ...text('startedAt', 'Started', 176), show: ({ row }) => timeText(textField(row, 'startedAt')), isExtra: true },
  { ...text('commandLine', 'Command line', 320), isExtra: true },
  { ...text('definedIn', 'Defined in', 260), isExtra: true },
  { ...text('source', 'Read from', 120), isExtra: true },
]

function lastEnd(row: RowItem['row']): string {
  const parts = [textField(row, 'result')]
  if (typeof row.exitCode === 'number' && row.exitCode !== 0) parts.push(`exit code ${row.exitCode}`)
  if (typeof row.exitSignal === 'number') parts.push(`signal ${row.exitSignal}`)
  return parts.filter((part) => part !== '').join(', ')
}

/** Services, those that failed first. */
export function ServicesView({ run }: ViewProps) {
  const { rows, isDone, error } = useAllRows(run)
  const [typed, setTyped] = useState('')
  const [state, setState] = useState<string | null>(null)
  const states = useMemo(() => {
    const counts = new Map<string, number>()
    for (const { row } of rows) counts.set(textField(row, 'state'), (counts.get(textField(row, 'state')) ?? 0) + 1)
    return [...counts]
      .map(([value, count]) => ({ value, title: fieldTitle(value), count }))
      .sort((left, right) => (STATES[left.value]?.rank ?? LAST) - (STATES[right.value]?.rank ?? LAST))
      .slice(0, 12)
  }, [rows])
  const shown = useMemo(
    () =>
      rows
        .filter((row) => (state === null || textField(row.row, 'state') === state) && hasWords(row, typed))
        .sort((left, right) => rankOf(left.row) - rankOf(right.row)),
    [rows, state, typed],
  )
  return (
    <>
      <div className={styles.filters}>
        <LocalSearch label="Search in the services" text={typed} onText={setTyped} />
        <Pills label="State" values={states} chosen={state} onChoose={setState} />
      </div>
      <LocalGrid
        {...{ run, isDone, error }}
        rows={shown}
        columns={COLUMNS}
        label="Services"
        name="services"
        hasFilter={typed !== '' || state !== null}
        tone={({ row }) => (row.state === 'failed' ? 'bad' : undefined)}
      />
    </>
  )
}
