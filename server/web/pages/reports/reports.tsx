import { useInfiniteQuery } from '@tanstack/react-query'
import { apiGet } from '../../api/client.ts'
import { useLiveQuery } from '../../api/live.ts'
import type { ReportView } from '../../api/reports.ts'
import { REPORTS_TOPIC } from '../../api/reports.ts'
import { useMay } from '../../api/session.ts'
import type { Page } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { counted } from '../../ui/words.tsx'
import styles from '../desk.module.css'
import { ReportCard } from './report-card.tsx'

const REPORTS = ['reports'] as const
const PAGE = 50

/** What people reported as suspicious: the reports that wait for a lead first, then those that were looked at. */
export function Reports() {
  const mayRead = useMay('report.read')
  return (
    <>
      <PageTitle title="Reports" />
      {mayRead ? (
        <AllReports />
      ) : (
        <Empty title="There is nothing here for you">
          Leads and admins see what people report as suspicious, and auditors may read it.
        </Empty>
      )}
    </>
  )
}

function AllReports() {
  useLiveQuery(REPORTS_TOPIC, REPORTS)
  return (
    <div className={styles.stack}>
      <p className={styles.soft}>
        Somebody at a device found a request suspicious and reported it. Until a lead has looked at the report, its
        technician cannot ask anybody at that device.
      </p>
      <ReportList state="open" title="Open" none="No report is open." />
      <ReportList state="cleared" title="Looked at" none="No block was lifted yet." />
    </div>
  )
}

function ReportList({
  state,
  title,
  none,
}: {
  readonly state: ReportView['state']
  readonly title: string
  readonly none: string
}) {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...REPORTS, state],
    queryFn: ({ pageParam, signal }) =>
      apiGet<Page<ReportView>>('/api/reports', { state, limit: PAGE, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const reports = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section className={styles.stack} aria-labelledby={`${state}-heading`}>
      <div className={styles.between}>
        <h2 id={`${state}-heading`}>{title}</h2>
        <span className={styles.soft} role="status">
          {isPending ? '' : `${counted(reports.length, 'report')}${hasNextPage ? ' and more' : ''}`}
        </span>
      </div>
      <Problem error={error} />
      {isPending ? <Loading what="Reading the reports" /> : null}
      {data !== undefined && reports.length === 0 ? <p className={styles.soft}>{none}</p> : null}
      {reports.map((report) => (
        <ReportCard key={report.id} report={report} />
      ))}
      {hasNextPage ? (
        <div>
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </section>
  )
}
