import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Download, Square } from 'lucide-react'
import { useState } from 'react'
import { apiGet, apiSend } from '../../api/client.ts'
import type { RowFilter, RowOrder, RunView } from '../../api/runs.ts'
import { rowsPath } from '../../api/runs.ts'
import { useMay } from '../../api/session.ts'
import type { DeviceDetailView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { bytesText } from '../../ui/words.tsx'
import styles from './run-page.module.css'
import { RunRecord } from './run-record.tsx'
import { collectorTitle, isOpen, stateWords } from './words.ts'

interface RequestView {
  readonly id: string
  readonly technicianName: string
  readonly purpose: string
}

/** What was read, where, for whom and when, how it ended, and what to do with it. */
export function RunHeader({ run }: { readonly run: RunView }) {
  const { word, text, tone } = stateWords(run.state)
  const device = useQuery({
    queryKey: ['device', run.deviceId],
    queryFn: ({ signal }) => apiGet<DeviceDetailView>(`/api/devices/${run.deviceId}`, undefined, signal),
  }).data
  const request = useQuery({
    queryKey: ['consent-requests', run.ticketId],
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly RequestView[] }>(
        `/api/tickets/${run.ticketId}/consent-requests`,
        undefined,
        signal,
      ),
  }).data?.items.find(({ id }) => id === run.requestId)
  const isBad = !isOpen(run) && run.state !== 'complete'
  return (
    <header className={styles.head}>
      <dl className={styles.facts}>
        <Fact name="State">
          <Badge {...(tone === 'info' ? { tone: 'accent' } : { tone })}>{word}</Badge>
        </Fact>
        <Fact name="Device">{device?.name ?? run.deviceId}</Fact>
        <Fact name="Asked by">{request?.technicianName ?? 'a technician'}</Fact>
        <Fact name="Ordered">
          <Ago at={run.orderedAt} />
        </Fact>
        <Fact name="Rows">{run.rows.toLocaleString('en')}</Fact>
        <Fact name="Size">{bytesText(run.rawBytes)}</Fact>
        <Fact name="Replaced">{redactionText(run)}</Fact>
      </dl>
      {isBad ? (
        <Notice tone={tone}>
          <strong>{word}.</strong> {text} {run.completeness?.reason} {run.refusedCode}
        </Notice>
      ) : null}
      {run.withheld === null ? null : (
        <Notice tone="bad">
          <strong>No rows of this run are shown.</strong> {run.withheld}
        </Notice>
      )}
      <Progress run={run} />
      {run.completeness === null ? null : <RunRecord record={run.completeness} />}
    </header>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** How many values were replaced on the device before anything was sent. */
function redactionText({ completeness }: RunView): string {
  if (completeness === null) return 'not known yet'
  const sum = Object.values(completeness.redactions).reduce((all, count) => all + count, 0)
  return sum === 0 ? 'nothing' : `${sum.toLocaleString('en')} ${sum === 1 ? 'value' : 'values'}`
}

/** Says what happens while a run is open, calmly. */
function Progress({ run }: { readonly run: RunView }) {
  const isBehind = run.indexedRows < run.rows && run.withheld === null
  if (!isOpen(run) && !isBehind) return null
  return (
    <p className={styles.progress}>
      {isOpen(run) ? <span className={styles.pulse} aria-hidden="true" /> : null}
      {isOpen(run) ? stateWords(run.state).text : null}
      {isBehind
        ? ` ${run.indexedRows.toLocaleString('en')} of ${run.rows.toLocaleString('en')} rows can be searched so far.`
        : null}
    </p>
  )
}

/** Stop, and the rows as a file under the filter that is on. */
export function RunActions({
  run,
  filter,
  order,
}: {
  readonly run: RunView
  readonly filter: RowFilter
  readonly order: RowOrder
}) {
  const queries = useQueryClient()
  const mayStop = useMay('run.order')
  const [error, setError] = useState<unknown>(null)
  const stop = async () => {
    try {
      queries.setQueryData(['run', run.id], await apiSend<RunView>('DELETE', `/api/runs/${run.id}`))
      setError(null)
    } catch (problem) {
      setError(problem)
    }
  }
  const files = [
    { format: 'csv', title: 'CSV' },
    { format: 'ndjson', title: 'JSON' },
  ] as const
  return (
    <>
      {isOpen(run) && mayStop ? (
        <Button look="danger" onClick={() => void stop()}>
          <Square aria-hidden="true" size={16} />
          Stop reading
        </Button>
      ) : null}
      {run.withheld === null
        ? files.map(({ format, title }) => (
            <a
              key={format}
              className={buttonClass({})}
              href={rowsPath(run.id, '/download', { ...filter, ...order }, { format })}
              download
            >
              <Download aria-hidden="true" size={16} />
              {title}
              <span className="visually-hidden"> file of these {collectorTitle(run.collector)} rows</span>
            </a>
          ))
        : null}
      <Problem error={error} />
    </>
  )
}
