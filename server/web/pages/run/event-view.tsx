import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { apiGet } from '../../api/client.ts'
import type { FacetsAnswer, RowItem, RunView, TimesAnswer } from '../../api/runs.ts'
import { rowsPath } from '../../api/runs.ts'
import { RowGrid } from '../../grid/row-grid.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/notice.tsx'
import { EVENT_COLUMNS, eventText } from './event-columns.tsx'
import { EventFilters } from './event-filters.tsx'
import { EventLevel } from './event-level.tsx'
import { EvidenceBar } from './evidence-bar.tsx'
import { RowPanel } from './row-panel.tsx'
import styles from './run-page.module.css'
import type { RunQuery, ViewProps } from './run-page.tsx'
import { useJump } from './use-jump.ts'
import { useOpenRow } from './use-open-row.ts'
import { isUnset, useNewRows, useRemoteRows } from './use-run.ts'
import { emptyText, fieldTitle, timeText, valueText } from './words.ts'

const TimeChart = lazy(() => import('./time-chart.tsx').then(({ TimeChart: chart }) => ({ default: chart })))
const COUNTS_MS = 2_000
const AROUND_MS = 5 * 60_000

/** The event viewer: filters, time, events, and the whole event beside them. */
export function EventView({ run, query }: ViewProps) {
  const list = useRemoteRows(run, query.filter, query.order)
  const { facets, times } = useCounts(run, query)
  const [open, setOpen, openRow] = useOpenRow()
  const jump = useJump({ run, query, list })
  const marked = useMemo(
    () => new Set(query.around === null ? query.evidence : [...query.evidence, query.around]),
    [query.evidence, query.around],
  )
  const hasFilter = !Object.values(query.filter).every(isUnset)
  const range = (from: string, to: string) => query.change({ from, to, around: null })
  return (
    <>
      <EvidenceBar run={run} query={query} jump={jump} />
      <EventFilters query={query} facets={facets} />
      <Suspense fallback={<div className={styles.chartPlace} />}>
        {times === undefined || times.buckets.length === 0 ? null : <TimeChart times={times} onRange={range} />}
      </Suspense>
      <div className={styles.split} data-open={open !== null}>
        <RowGrid
          label="Events"
          list={list}
          columns={EVENT_COLUMNS}
          name="events"
          order={query.order}
          onOrder={({ sort, order }) =>
            query.change({ sort: sort === 'n' ? null : sort, order: order === 'asc' ? null : order })
          }
          onRow={openRow}
          marked={marked}
          jump={jump.place}
          isTail={run.endedAt === null}
          empty={<Empty title="No events">{emptyText(run, hasFilter)}</Empty>}
        />
        {open === null ? null : (
          <RowPanel
            run={run}
            n={open.n}
            onClose={() => setOpen(null)}
            title={(item) => <EventTitle item={item} />}
            actions={(item) => <EventActions item={item} query={query} />}
          />
        )}
      </div>
    </>
  )
}

/** Counts and times under the filter; read anew while the run grows. */
function useCounts(run: RunView, query: RunQuery) {
  const queries = useQueryClient()
  const { level: _level, ...rest } = query.filter
  const { from: _from, to: _to, ...untimed } = query.filter
  useNewRows(run, COUNTS_MS, () => void queries.invalidateQueries({ queryKey: ['counts', run.id] }))
  const facets = useQuery({
    queryKey: ['counts', run.id, 'facets', rest],
    // Levels are counted without the choice of levels, so that a person sees what the others would bring.
    queryFn: ({ signal }) => apiGet<FacetsAnswer>(rowsPath(run.id, '/facets', rest), undefined, signal),
    placeholderData: (before) => before,
  })
  const times = useQuery({
    queryKey: ['counts', run.id, 'times', query.filter.from === undefined ? untimed : query.filter],
    queryFn: ({ signal }) =>
      apiGet<TimesAnswer>(rowsPath(run.id, '/histogram', query.filter, { buckets: 160 }), undefined, signal),
    placeholderData: (before) => before,
  })
  return { facets: facets.data, times: times.data }
}

function EventTitle({ item }: { readonly item: RowItem }) {
  return (
    <div className={styles.eventTitle}>
      <p>
        <EventLevel level={item.level} /> {timeText(item.at)}
      </p>
      <p>
        <strong>{item.provider}</strong> {valueText(item.row.eventId)}
      </p>
      <p className={styles.message}>{eventText(item)}</p>
    </div>
  )
}

/** From one event to those like it, and to what happened around it. */
function EventActions({ item, query }: { readonly item: RowItem; readonly query: RunQuery }) {
  const kind = valueText(item.row.eventId ?? item.row.messageId)
  const time = item.at === null ? Number.NaN : Date.parse(item.at)
  const nothing = { q: null, level: null, provider: null, from: null, to: null, event: null, sort: null, order: null }
  return (
    <>
      <Button
        small
        disabled={item.provider === null && kind === ''}
        onClick={() =>
          query.change({
            ...nothing,
            provider: item.provider,
            event: kind === '' ? null : kind,
            around: String(item.n),
          })
        }
      >
        More like this
      </Button>
      <Button
        small
        disabled={Number.isNaN(time)}
        onClick={() =>
          query.change({
            ...nothing,
            from: new Date(time - AROUND_MS).toISOString(),
            to: new Date(time + AROUND_MS).toISOString(),
            around: String(item.n),
          })
        }
      >
        5 minutes around
      </Button>
      {item.row.cut === true ? <span>{fieldTitle('cut')} on the device: a text was longer than it may be.</span> : null}
    </>
  )
}
