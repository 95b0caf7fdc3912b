import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Play, Square } from 'lucide-react'
import { Link } from 'wouter'
import { apiSend } from '../../api/client.ts'
import type { GrantView, RequestView } from '../../api/consent.ts'
import { collectorTitle } from '../../api/devices.ts'
import type { RunView } from '../../api/runs.ts'
import { useMay, useSession } from '../../api/session.ts'
import type { DeviceDetailView, TicketView } from '../../api/types.ts'
import { runsKey, useOrderRuns, useRuns } from '../../api/use-runs.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { counted } from '../../ui/words.tsx'
import styles from './allowed-runs.module.css'
import { isOpenRun, runTone, runWord } from './run-words.ts'

/** What was allowed, each with its newest run; all or one of them can be run while the permission lasts. */
export function AllowedRuns({
  ticket,
  device,
  request,
  grant,
}: {
  readonly ticket: TicketView
  readonly device: DeviceDetailView
  readonly request: RequestView
  readonly grant: GrantView
}) {
  const queries = useQueryClient()
  const { user } = useSession()
  const mayOrder = useMay('run.order')
  const { data: runs } = useRuns(ticket.id)
  const refresh = () => queries.invalidateQueries({ queryKey: runsKey(ticket.id) })
  const order = useOrderRuns(ticket.id)
  const run = (collectors: readonly string[]) => order.mutate({ grantId: grant.grantId, collectors })
  const stop = useMutation({ mutationFn: (id: string) => apiSend('DELETE', `/api/runs/${id}`), onSettled: refresh })
  const isMine = grant.technicianId === user.id
  const newest = (collector: string) =>
    runs?.findLast((run) => run.grantId === grant.grantId && run.collector === collector)
  const waiting = grant.collectors.map(({ id }) => id).filter((id) => newest(id) === undefined)
  const canOrder = mayOrder && isMine && device.online && !order.isPending
  return (
    <div className={styles.runs}>
      <Problem error={order.error ?? stop.error} />
      {isMine ? null : (
        <p className={styles.soft}>Given to {request.technicianName}. Ask the person yourself to run something.</p>
      )}
      {device.online ? null : <p className={styles.soft}>Nothing can run while the device is offline.</p>}
      {mayOrder && isMine && waiting.length > 0 ? (
        <Button look="primary" disabled={!canOrder} onClick={() => run(waiting)}>
          <Play aria-hidden="true" size={18} />
          {waiting.length === grant.collectors.length
            ? `Run all ${waiting.length} allowed`
            : `Run the other ${waiting.length}`}
        </Button>
      ) : null}
      <ul className={styles.list}>
        {grant.collectors.map(({ id }) => (
          <AllowedRun
            key={id}
            title={collectorTitle(device.catalogue, id)}
            run={newest(id)}
            onRun={canOrder ? () => run([id]) : null}
            onStop={mayOrder ? (runId) => stop.mutate(runId) : null}
          />
        ))}
      </ul>
    </div>
  )
}

function AllowedRun({
  title,
  run,
  onRun,
  onStop,
}: {
  readonly title: string
  readonly run: RunView | undefined
  readonly onRun: (() => void) | null
  readonly onStop: ((id: string) => void) | null
}) {
  const isOpen = run !== undefined && isOpenRun(run.state)
  return (
    <li className={styles.run}>
      <div className={styles.what}>
        <span className={styles.title}>{title}</span>
        {run === undefined ? null : <Progress run={run} />}
      </div>
      {isOpen && onStop !== null ? (
        <Button small aria-label={`Stop ${title}`} onClick={() => onStop(run.id)}>
          <Square aria-hidden="true" size={14} />
          Stop
        </Button>
      ) : null}
      {isOpen || onRun === null ? null : (
        <Button small aria-label={run === undefined ? `Run ${title}` : `Run ${title} again`} onClick={onRun}>
          <Play aria-hidden="true" size={14} />
          {run === undefined ? 'Run' : 'Again'}
        </Button>
      )}
    </li>
  )
}

function Progress({ run }: { readonly run: RunView }) {
  const rows = counted(run.rows, 'row')
  return (
    <span className={styles.progress}>
      <Badge tone={runTone(run.state)}>{runWord(run.state)}</Badge>
      {run.rows > 0 && run.withheld === null ? (
        <Link className={styles.rows ?? ''} href={`/tickets/${run.ticketId}/runs/${run.id}`}>
          {rows}
        </Link>
      ) : (
        <span>{rows}</span>
      )}
    </span>
  )
}
