import { useMemo, useState } from 'react'
import type { RowItem } from '../../api/runs.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import styles from './cards.module.css'
import { hasWords, LocalSearch, Pills } from './local-grid.tsx'
import pageStyles from './run-page.module.css'
import type { ViewProps } from './run-page.tsx'
import { useAllRows } from './use-run.ts'
import { emptyText, fieldTitle, textField, timeText } from './words.ts'

/** Changes drawn at first, and more with each press. */
const STEP = 300
const TIME_START = 11
const DAY_LENGTH = 10
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' })

/** What changed, newest first, day by day: the question that is asked first. */
export function ChangesView({ run }: ViewProps) {
  const { rows, isDone, error } = useAllRows(run)
  const [typed, setTyped] = useState('')
  const [kind, setKind] = useState<string | null>(null)
  const [most, setMost] = useState(STEP)
  const kinds = useMemo(() => {
    const counts = new Map<string, number>()
    for (const { row } of rows) counts.set(textField(row, 'kind'), (counts.get(textField(row, 'kind')) ?? 0) + 1)
    return [...counts].map(([value, count]) => ({ value, title: kindTitle(value), count })).slice(0, 12)
  }, [rows])
  const shown = useMemo(
    () =>
      rows
        .filter((row) => (kind === null || textField(row.row, 'kind') === kind) && hasWords(row, typed))
        .sort((left, right) => (right.at ?? '').localeCompare(left.at ?? '')),
    [rows, kind, typed],
  )
  if (!isDone && rows.length === 0) return <Loading what="Loading changes" />
  const days = Map.groupBy(shown.slice(0, most), ({ at }) => timeText(at).slice(0, DAY_LENGTH))
  return (
    <>
      <div className={pageStyles.filters}>
        <LocalSearch label="Search in the changes" text={typed} onText={setTyped} />
        <Pills label="Kind" values={kinds} chosen={kind} onChoose={setKind} />
      </div>
      <Problem error={error} />
      {shown.length === 0 ? <Empty title="No changes">{emptyText(run, rows.length > 0)}</Empty> : null}
      {[...days].map(([day, changes]) => (
        <section key={day}>
          <h2 className={styles.day}>
            {dayText(changes[0]?.at ?? null)} <span className={styles.count}>{changes.length} changes</span>
          </h2>
          <ol className={styles.timeline}>
            {changes.map((item) => (
              <Change key={item.n} item={item} />
            ))}
          </ol>
        </section>
      ))}
      {shown.length > most ? (
        <p>
          <Button onClick={() => setMost(most + STEP)}>Show more of {shown.length.toLocaleString('en')} changes</Button>
        </p>
      ) : null}
    </>
  )
}

function kindTitle(kind: string): string {
  return kind === 'osUpdate' ? 'System update' : fieldTitle(kind)
}

function dayText(at: string | null): string {
  const time = at === null ? Number.NaN : Date.parse(at)
  return Number.isNaN(time) ? 'Without a date' : DAY.format(time)
}

function Change({ item: { at, row } }: { readonly item: RowItem }) {
  const versions = [textField(row, 'fromVersion'), textField(row, 'toVersion')].filter((version) => version !== '')
  const more = [
    textField(row, 'publisher'),
    textField(row, 'detail'),
    textField(row, 'commandLine'),
    textField(row, 'by') && `by ${textField(row, 'by')}`,
  ]
  return (
    <li>
      <time dateTime={at ?? ''}>{row.dayOnly === true ? 'that day' : timeText(at).slice(TIME_START)}</time>
      <span>
        <Badge tone={row.kind === 'driver' || row.kind === 'osUpdate' ? 'accent' : 'plain'}>
          {kindTitle(textField(row, 'kind'))}
        </Badge>
      </span>
      <div>
        <strong>{textField(row, 'name')}</strong> {versions.join(' → ')}{' '}
        {row.result === 'failed' ? <Badge tone="bad">failed {textField(row, 'code')}</Badge> : null}
        {row.result === 'running' ? <Badge tone="warn">still running</Badge> : null}{' '}
        <span className={styles.soft}>{more.filter((text) => text !== '').join(' · ')}</span>
      </div>
    </li>
  )
}
