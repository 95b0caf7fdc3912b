import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'wouter'
import { apiGet, apiSend } from '../../api/client.ts'
import { standingWords } from '../../api/desk.ts'
import { useLiveQuery } from '../../api/live.ts'
import { useMay } from '../../api/session.ts'
import type { DeviceDetailView } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { StandingBadge } from '../admin/devices.tsx'
import styles from '../desk.module.css'
import { Certificates, DeviceCatalogue, DeviceHistory, DeviceTickets } from './device-parts.tsx'
import { RevokeDevice } from './revoke-device.tsx'

/** One device: what it is, its certificate, what its agent can read, its tickets and its history. */
export function DevicePage() {
  const { id = '' } = useParams<{ id: string }>()
  const key = ['devices', id]
  const { data, error, isPending } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => apiGet<DeviceDetailView>(`/api/devices/${encodeURIComponent(id)}`, {}, signal),
  })
  useLiveQuery(data === undefined ? null : `device/${id}`, key)
  const mayManage = useMay('device.manage')
  const mayAudit = useMay('audit.read')
  if (isPending) return <Loading />
  if (data === undefined)
    return (
      <>
        <PageTitle title="Device" />
        <Problem error={error} />
      </>
    )
  return (
    <>
      <PageTitle title={data.name}>{mayManage ? <Actions device={data} /> : null}</PageTitle>
      <div className={styles.stack}>
        {data.standing === 'quarantined' ? (
          <Notice tone="warn">This device waits for approval. {standingWords(data.standingReason)}</Notice>
        ) : null}
        <div className={styles.columns}>
          <Facts device={data} />
          <Certificates certificates={data.certificates} />
        </div>
        <DeviceTickets deviceId={data.id} />
        <DeviceCatalogue catalogue={data.catalogue} />
        {mayAudit ? <DeviceHistory deviceId={data.id} /> : null}
      </div>
    </>
  )
}

function Facts({ device }: { readonly device: DeviceDetailView }) {
  return (
    <section className={styles.card} aria-labelledby="facts-heading">
      <h2 id="facts-heading">Device</h2>
      <dl className={styles.facts}>
        <dt>State</dt>
        <dd className={styles.row}>
          <StandingBadge standing={device.standing} />
          <Badge tone={device.online ? 'good' : 'plain'}>{device.online ? 'Online' : 'Offline'}</Badge>
        </dd>
        <dt>Why</dt>
        <dd>{standingWords(device.standingReason)}</dd>
        <dt>System</dt>
        <dd>
          {device.osName} ({device.platform}, {device.arch})
        </dd>
        <dt>Agent</dt>
        <dd>{device.agentVersion}</dd>
        <dt>Enrolled</dt>
        <dd>
          <Ago at={device.enrolledAt} />
        </dd>
        <dt>Last seen</dt>
        <dd>{device.lastSeenAt === null ? 'Never' : <Ago at={device.lastSeenAt} />}</dd>
        <dt>Id</dt>
        <dd>
          <code>{device.id}</code>
        </dd>
      </dl>
    </section>
  )
}

function Actions({ device }: { readonly device: DeviceDetailView }) {
  const queries = useQueryClient()
  const [isRevoking, setRevoking] = useState(false)
  const changed = () => queries.invalidateQueries({ queryKey: ['devices'] })
  const approve = useMutation({
    mutationFn: () => apiSend('POST', `/api/devices/${device.id}/approve`, {}),
    onSuccess: changed,
  })
  return (
    <>
      <Problem error={approve.error} />
      <Link href="/admin/devices">All devices</Link>
      {device.standing === 'quarantined' ? (
        <Button look="primary" disabled={approve.isPending} onClick={() => approve.mutate()}>
          Approve
        </Button>
      ) : null}
      {device.standing === 'revoked' ? null : (
        <Button look="danger" onClick={() => setRevoking(true)}>
          Revoke
        </Button>
      )}
      {isRevoking ? <RevokeDevice device={device} onClose={() => setRevoking(false)} onRevoked={changed} /> : null}
    </>
  )
}
