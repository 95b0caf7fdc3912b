import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { apiGet, apiSend } from '../../api/client.ts'
import { standingWords } from '../../api/desk.ts'
import { useLiveQuery } from '../../api/live.ts'
import type { DeviceView, Page } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from '../desk.module.css'
import { RevokeDevice } from '../devices/revoke-device.tsx'

const DEVICES = ['devices', 'desk'] as const
type Standing = DeviceView['standing']

/** Devices that wait for approval, and all the others. */
export function Devices() {
  const queries = useQueryClient()
  const [standing, setStanding] = useState<Standing | 'all'>('quarantined')
  const [q, setQ] = useState('')
  const list = useInfiniteQuery({
    queryKey: [...DEVICES, standing, q],
    queryFn: ({ pageParam, signal }) => {
      const filter = { standing: standing === 'all' ? undefined : standing, q: q.trim() === '' ? undefined : q.trim() }
      return apiGet<Page<DeviceView>>('/api/devices', { ...filter, after: pageParam, limit: 100 }, signal)
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  useLiveQuery('queue', DEVICES, ['device'])
  const [revoking, setRevoking] = useState<DeviceView | null>(null)
  const changed = () => queries.invalidateQueries({ queryKey: ['devices'] })
  const approve = useMutation({
    mutationFn: (id: string) => apiSend('POST', `/api/devices/${id}/approve`, {}),
    onSuccess: changed,
  })
  const devices = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <>
      <PageTitle title="Devices" />
      <div className={styles.stack}>
        <div className={styles.filters}>
          <SelectField
            label="Show"
            value={standing}
            // The options below are these values.
            onChange={({ target }) => setStanding(target.value as Standing | 'all')}
          >
            <option value="quarantined">Waiting for approval</option>
            <option value="active">Active</option>
            <option value="revoked">Revoked</option>
            <option value="all">All</option>
          </SelectField>
          <TextField label="Name contains" value={q} maxLength={200} onChange={({ target }) => setQ(target.value)} />
        </div>
        <Problem error={list.error ?? approve.error} />
        {list.isPending ? <Loading /> : null}
        {list.isSuccess && devices.length === 0 ? (
          <NoDevices isWaiting={standing === 'quarantined' && q === ''} />
        ) : null}
        {devices.length === 0 ? null : (
          <DataTable
            label="Devices"
            columns={columns({ onApprove: (id) => approve.mutate(id), onRevoke: setRevoking })}
            rows={devices}
            keyOf={({ id }) => id}
          />
        )}
        {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>Show more</Button> : null}
      </div>
      {revoking === null ? null : (
        <RevokeDevice device={revoking} onClose={() => setRevoking(null)} onRevoked={changed} />
      )}
    </>
  )
}

function NoDevices({ isWaiting }: { readonly isWaiting: boolean }) {
  return isWaiting ? (
    <Empty title="No device waits for approval">
      <p>A machine that enrols with a code appears here, unless the code approves it at once.</p>
      <p>
        <Link href="/admin/codes">Make an enrolment code</Link>
      </p>
    </Empty>
  ) : (
    <Empty title="No device like this">Change what is shown above.</Empty>
  )
}

function columns(actions: {
  readonly onApprove: (id: string) => void
  readonly onRevoke: (device: DeviceView) => void
}): readonly Column<DeviceView>[] {
  return [
    {
      head: 'Device',
      cell: ({ id, name, osName, arch }) => (
        <span>
          <Link href={`/devices/${id}`}>{name}</Link>
          <span className={styles.sub}>
            {osName}, {arch}
          </span>
        </span>
      ),
    },
    {
      head: 'State',
      cell: (device) => (
        <span className={styles.row}>
          <StandingBadge standing={device.standing} />
          {device.online ? <Badge tone="good">Online</Badge> : null}
        </span>
      ),
    },
    { head: 'Why', cell: ({ standingReason }) => standingWords(standingReason) },
    { head: 'Enrolled', cell: ({ enrolledAt }) => <Ago at={enrolledAt} /> },
    {
      head: 'Action',
      cell: (device) => (
        <span className={styles.row}>
          {device.standing === 'quarantined' ? (
            <Button small onClick={() => actions.onApprove(device.id)} aria-label={`Approve ${device.name}`}>
              Approve
            </Button>
          ) : null}
          {device.standing === 'revoked' ? null : (
            <Button small look="danger" onClick={() => actions.onRevoke(device)} aria-label={`Revoke ${device.name}`}>
              Revoke
            </Button>
          )}
        </span>
      ),
    },
  ]
}

export function StandingBadge({ standing }: { readonly standing: Standing }) {
  if (standing === 'quarantined') return <Badge tone="warn">Waiting</Badge>
  return standing === 'active' ? <Badge>Active</Badge> : <Badge tone="bad">Revoked</Badge>
}
