import type { RowItem } from '../../api/runs.ts'
import { Badge } from '../../ui/badge.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { bytesText } from '../../ui/words.tsx'
import styles from './cards.module.css'
import { Facts } from './facts.tsx'
import { Meter } from './meter.tsx'
import type { ViewProps } from './run-page.tsx'
import { useAllRows } from './use-run.ts'
import { emptyText, numberField, textField } from './words.ts'

const FULL_PERCENT = 90
const NEARLY_FULL_PERCENT = 80
/** Volumes drawn at once; the table has them all. */
const MOST_CARDS = 200
/** What people mean by a disk comes first. */
const KINDS = ['fixed', 'removable', 'network', 'optical', 'image', 'memory']

/** How full each volume is. */
export function DisksView({ run }: ViewProps) {
  const { rows, isDone, error } = useAllRows(run)
  if (!isDone && rows.length === 0) return <Loading what="Loading volumes" />
  const kindRank = ({ row }: RowItem) => KINDS.indexOf(textField(row, 'kind'))
  const fullness = ({ row }: RowItem) => numberField(row, 'usedPercent') ?? -1
  const sorted = rows.toSorted((left, right) => kindRank(left) - kindRank(right) || fullness(right) - fullness(left))
  return (
    <>
      <Problem error={error} />
      {rows.length === 0 ? <Empty title="No volumes">{emptyText(run, false)}</Empty> : null}
      <div className={styles.cards}>
        {sorted.slice(0, MOST_CARDS).map((item) => (
          <Volume key={item.n} row={item.row} />
        ))}
      </div>
      {rows.length > MOST_CARDS ? <p>The table shows all {rows.length.toLocaleString('en')} volumes.</p> : null}
    </>
  )
}

function Volume({ row }: Pick<RowItem, 'row'>) {
  const used = numberField(row, 'usedPercent')
  const bytes = (name: string) => {
    const value = numberField(row, name)
    return value === null ? '' : bytesText(value)
  }
  const inodes = numberField(row, 'inodesUsedPercent')
  return (
    <section className={styles.card}>
      <h2>
        {textField(row, 'mount')} <Badge>{textField(row, 'kind')}</Badge>
        {row.readOnly === true ? <Badge>read only</Badge> : null}
        {row.needsCheck === true ? <Badge tone="bad">needs a check</Badge> : null}
        {row.noAnswer === true ? <Badge tone="warn">no answer</Badge> : null}
      </h2>
      {used === null ? (
        <p className={styles.soft}>It gave no figures.</p>
      ) : (
        <div>
          <Meter percent={used} text={`${used.toFixed(0)} % used`} {...toneOf(used)} />
          <p className={styles.soft}>
            {bytes('availableBytes')} free of {bytes('sizeBytes')}
          </p>
        </div>
      )}
      {inodes !== null && inodes >= NEARLY_FULL_PERCENT ? (
        <Meter percent={inodes} text={`${inodes.toFixed(0)} % of file entries`} {...toneOf(inodes)} />
      ) : null}
      <Facts
        facts={[
          ['Name', textField(row, 'label')],
          ['Device', textField(row, 'device')],
          ['File system', textField(row, 'fileSystem')],
          ['Used', bytes('usedBytes')],
          ['Also at', Array.isArray(row.alsoAt) ? row.alsoAt.join(', ') : ''],
          ['Pool', textField(row, 'pool')],
          ['Role', textField(row, 'role')],
          ['Encrypted', typeof row.encrypted === 'boolean' ? (row.encrypted ? 'yes' : 'no') : ''],
        ]}
      />
    </section>
  )
}

function toneOf(percent: number): { readonly tone?: 'warn' | 'bad' } {
  if (percent >= FULL_PERCENT) return { tone: 'bad' }
  return percent >= NEARLY_FULL_PERCENT ? { tone: 'warn' } : {}
}
