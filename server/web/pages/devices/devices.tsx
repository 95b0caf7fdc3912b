import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { apiGet } from '../../api/client.ts'
import { useLiveQuery } from '../../api/live.ts'
import { useMay } from '../../api/session.ts'
import type { DeviceView, Page } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { Presence } from '../../ui/presence.tsx'
import { Ago } from '../../ui/time.tsx'
import { useDelayed } from '../../ui/use-delayed.ts'
import { counted, platformWord } from '../../ui/words.tsx'
import styles from './devices.module.css'

const PAGE = 100
const DEVICES = ['devices'] as const
const GATHER_MS = 500

/** The enrolled machines, with who is online now. */
export function Devices() {
  const [typed, setTyped] = useState('')
  const [standing, setStanding] = useState('')
  const q = useDelayed(typed.trim().slice(0, 200), 250)
  return (
    <div className={styles.page}>
      <PageTitle title="Devices" />
      <search className={styles.bar}>
        <TextField
          label="Search"
          type="search"
          placeholder="Name or system"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <SelectField label="Standing" value={standing} onChange={({ target }) => setStanding(target.value)}>
          <option value="">Any</option>
          <option value="active">Active</option>
          <option value="quarantined">Waits for approval</option>
          <option value="revoked">Shut out</option>
        </SelectField>
      </search>
      <DeviceList q={q} standing={standing} />
    </div>
  )
}

function DeviceList({ q, standing }: { readonly q: string; readonly standing: string }) {
  const query = { ...(q === '' ? {} : { q }), ...(standing === '' ? {} : { standing }), limit: PAGE }
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...DEVICES, query],
    queryFn: ({ pageParam, signal }) =>
      apiGet<Page<DeviceView>>(
        '/api/devices',
        { ...query, ...(pageParam === null ? {} : { after: pageParam }) },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
  useLiveQuery('devices', DEVICES, undefined, GATHER_MS)
  const devices = data?.pages.flatMap(({ items }) => items) ?? []
  if (isPending) return <Loading what="Reading the devices" />
  if (devices.length === 0)
    return error === null ? <NoDevices isFiltered={q !== '' || standing !== ''} /> : <Problem error={error} />
  return (
    <>
      <Problem error={error} />
      <p className={styles.status} role="status">
        {counted(devices.length, 'device')}
        {hasNextPage ? ' and more' : ''}, {devices.filter(({ online }) => online).length} online
      </p>
      <DeviceTable devices={devices} />
      {hasNextPage ? (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </>
  )
}

function NoDevices({ isFiltered }: { readonly isFiltered: boolean }) {
  const mayEnrol = useMay('enrolment.manage')
  if (isFiltered) return <Empty title="No device is like this">Change the search or the standing.</Empty>
  return (
    <Empty title="No device is enrolled yet">
      {mayEnrol ? 'Make an enrolment code and use it on the first machine.' : 'An admin enrols machines with a code.'}
    </Empty>
  )
}

function DeviceTable({ devices }: { readonly devices: readonly DeviceView[] }) {
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">Devices</caption>
      <thead>
        <tr>
          <th scope="col">Device</th>
          <th className={styles.online} scope="col">
            Now
          </th>
          <th className={styles.standing} scope="col">
            Standing
          </th>
          <th className={styles.platform} scope="col">
            Platform
          </th>
          <th className={styles.os} scope="col">
            System
          </th>
          <th className={styles.version} scope="col">
            Agent
          </th>
          <th className={styles.seen} scope="col">
            Last seen
          </th>
        </tr>
      </thead>
      <tbody>
        {devices.map((device) => (
          <DeviceRow key={device.id} device={device} />
        ))}
      </tbody>
    </table>
  )
}

function DeviceRow({ device }: { readonly device: DeviceView }) {
  return (
    <tr>
      <td>
        <Link className={styles.name ?? ''} href={`/devices/${device.id}`}>
          {device.name}
        </Link>
        <div className={styles.under}>{device.osName}</div>
        <Link
          className={styles.tickets ?? ''}
          href={`/?deviceId=${device.id}&state=any`}
          aria-label={`Tickets of ${device.name}`}
        >
          Tickets
        </Link>
      </td>
      <td className={styles.online}>
        <Presence online={device.online} />
      </td>
      <td className={styles.standing}>
        <StandingBadge standing={device.standing} />
      </td>
      <td className={styles.platform}>{platformWord(device.platform)}</td>
      <td className={styles.os}>{device.osName}</td>
      <td className={styles.version}>{device.agentVersion}</td>
      <td className={styles.seen}>{device.lastSeenAt === null ? 'Never' : <Ago at={device.lastSeenAt} />}</td>
    </tr>
  )
}

function StandingBadge({ standing }: { readonly standing: DeviceView['standing'] }) {
  if (standing === 'active') return <Badge tone="good">Active</Badge>
  return standing === 'quarantined' ? <Badge tone="warn">Waits for approval</Badge> : <Badge tone="bad">Shut out</Badge>
}
