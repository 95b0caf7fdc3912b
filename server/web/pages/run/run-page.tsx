import { useCallback, useMemo } from 'react'
import { Link, useParams, useSearchParams } from 'wouter'
import type { RowFilter, RowOrder, RunView } from '../../api/runs.ts'
import { useMay } from '../../api/session.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { ChangesView } from './changes-view.tsx'
import { DevicesFactsView } from './device-facts-view.tsx'
import { DisksView } from './disks-view.tsx'
import { EventView } from './event-view.tsx'
import { NetworkView } from './network-view.tsx'
import { ProcessesView } from './processes-view.tsx'
import { RunActions, RunHeader } from './run-header.tsx'
import styles from './run-page.module.css'
import { ServicesView } from './services-view.tsx'
import { TableView } from './table-view.tsx'
import { useRun } from './use-run.ts'
import { collectorTitle } from './words.ts'

/** Filter, order and evidence of a run's page; all of it stands in the address, so that a link shows the same. */
export interface RunQuery {
  readonly filter: RowFilter
  readonly order: RowOrder
  /** Numbers of the rows that a finding points at. */
  readonly evidence: readonly number[]
  readonly around: number | null
  readonly change: (next: QueryChange) => void
}

/** Texts that become parts of the address; null takes a part away. */
export type QueryChange = Readonly<Partial<Record<(typeof PARTS)[number], string | null>>>
const PARTS = ['q', 'level', 'provider', 'from', 'to', 'event', 'sort', 'order', 'rows', 'around', 'view'] as const

export interface ViewProps {
  readonly run: RunView
  readonly query: RunQuery
}

/** Views that are made for their kind of rows; every run has the table besides. */
const VIEWS: Readonly<
  Record<string, { readonly title: string; readonly View: (props: ViewProps) => React.ReactNode }>
> = {
  'eventlog.query': { title: 'Events', View: EventView },
  'process.list': { title: 'Processes', View: ProcessesView },
  'service.list': { title: 'Services', View: ServicesView },
  'device.info': { title: 'Report', View: DevicesFactsView },
  'disk.space': { title: 'Disks', View: DisksView },
  'net.config': { title: 'Network', View: NetworkView },
  'change.recent': { title: 'Timeline', View: ChangesView },
}

/** The rows of one run: what they are, how complete they are, and the view that suits them. */
export function RunPage() {
  const { id = '', runId = '' } = useParams<{ readonly id: string; readonly runId: string }>()
  const mayRead = useMay('run.read')
  if (!mayRead) return <Empty title="Your role does not show rows">Ask an admin if you need it.</Empty>
  return <KnownRun key={runId} ticketId={id} runId={runId} />
}

function KnownRun({ ticketId, runId }: { readonly ticketId: string; readonly runId: string }) {
  const { data: run, error, isPending } = useRun(ticketId, runId)
  const [params, setParams] = useSearchParams()
  const change = useCallback(
    (next: QueryChange) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before)
          for (const [part, text] of Object.entries(next)) {
            if (text === null || text === undefined || text === '') after.delete(part)
            else after.set(part, text)
          }
          return after
        },
        { replace: true },
      ),
    [setParams],
  )
  const query = useMemo(() => ({ ...readQuery(params), change }), [params, change])
  if (isPending) return <Loading what="Loading the run" />
  if (run === undefined) return <Problem error={error} />
  const special = VIEWS[run.collector]
  const asksForTable =
    params.get('view') === 'table' || (query.evidence.length > 0 && special !== VIEWS['eventlog.query'])
  const isTable = special === undefined || (params.get('view') === null ? asksForTable : params.get('view') === 'table')
  const View = isTable ? TableView : special.View
  return (
    <>
      <p className={styles.back}>
        <Link href={`/tickets/${run.ticketId}`}>Back to the ticket</Link>
      </p>
      <PageTitle title={collectorTitle(run.collector)}>
        <RunActions run={run} filter={query.filter} order={query.order} />
      </PageTitle>
      <Problem error={error} />
      <RunHeader run={run} />
      {special === undefined ? null : <Views title={special.title} isTable={isTable} change={change} />}
      {run.withheld === null ? <View run={run} query={query} /> : null}
    </>
  )
}

function Views(props: { readonly title: string; readonly isTable: boolean; readonly change: RunQuery['change'] }) {
  const { title, isTable, change } = props
  return (
    <fieldset className={styles.views} aria-label="View">
      <button type="button" aria-pressed={!isTable} onClick={() => change({ view: 'made' })}>
        {title}
      </button>
      <button type="button" aria-pressed={isTable} onClick={() => change({ view: 'table' })}>
        Table
      </button>
    </fieldset>
  )
}

function readQuery(params: URLSearchParams): Omit<RunQuery, 'change'> {
  const text = (name: (typeof PARTS)[number]) => params.get(name) ?? undefined
  const [event, provider] = [text('event'), text('provider')]
  // A comma separates providers in the address of the server, so a name with one is a condition of its own.
  const isOdd = provider?.includes(',') === true
  const where = [
    ...(event === undefined ? [] : [`${/^\d+$/.test(event) ? 'eventId' : 'messageId'}:eq:${event}`]),
    ...(isOdd ? [`provider:eq:${provider}`] : []),
  ]
  const filter = {
    ...part('q', text('q')),
    ...part('level', text('level')),
    ...part('provider', isOdd ? undefined : provider),
    ...part('from', text('from')),
    ...part('to', text('to')),
    ...(where.length === 0 ? {} : { where }),
  }
  const numbers = (text('rows') ?? '').split(',').filter((word) => /^\d{1,9}$/.test(word))
  const around = text('around')
  return {
    filter,
    order: { sort: text('sort') ?? 'n', order: params.get('order') === 'desc' ? 'desc' : 'asc' },
    evidence: [...new Set(numbers.map(Number))].slice(0, 500),
    around: around !== undefined && /^\d{1,9}$/.test(around) ? Number(around) : null,
  }
}

function part<Name extends string>(name: Name, value: string | undefined) {
  return value === undefined ? {} : { [name]: value }
}
