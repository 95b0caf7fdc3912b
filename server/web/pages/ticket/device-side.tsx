import { useState } from 'react'
import { Link } from 'wouter'
import { useRequests } from '../../api/consent.ts'
import { deviceKey, useDevice, useDevices } from '../../api/devices.ts'
import { useLiveQuery } from '../../api/live.ts'
import type { DeviceDetailView, TicketView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { Presence } from '../../ui/presence.tsx'
import { Ago } from '../../ui/time.tsx'
import { platformWord } from '../../ui/words.tsx'
import type { AskDraft } from './ask-draft.ts'
import { AskPanel } from './ask-panel.tsx'
import styles from './device-side.module.css'
import { Permissions } from './permissions.tsx'

/** Where the part begins, for links from above it. */
export const DEVICE_SIDE = 'device-side'

/** Right: the device, what was asked and allowed on it, and what can be asked for. */
export function DeviceSide({
  ticket,
  onAsk,
}: {
  readonly ticket: TicketView
  readonly onAsk: (draft: AskDraft) => void
}) {
  const [chosen, setChosen] = useState<string | null>(null)
  const devices = useDevices(ticket.deviceIds)
  const [first] = ticket.deviceIds
  const deviceId = chosen !== null && ticket.deviceIds.includes(chosen) ? chosen : first
  if (deviceId === undefined)
    return (
      <section className={styles.side} id={DEVICE_SIDE} aria-label="Device">
        <h2>Device</h2>
        <p className={styles.soft}>The ticket names no device yet. Add one to ask the person who sits at it.</p>
      </section>
    )
  return (
    <section className={styles.side} id={DEVICE_SIDE} aria-label="Device and permission">
      {ticket.deviceIds.length < 2 ? null : (
        <SelectField label="Device" value={deviceId} onChange={({ target }) => setChosen(target.value)}>
          {ticket.deviceIds.map((id) => (
            <option key={id} value={id}>
              {devices.find((device) => device.id === id)?.name ?? id}
            </option>
          ))}
        </SelectField>
      )}
      <OneDevice key={deviceId} ticket={ticket} deviceId={deviceId} onAsk={onAsk} />
    </section>
  )
}

function OneDevice({
  ticket,
  deviceId,
  onAsk,
}: {
  readonly ticket: TicketView
  readonly deviceId: string
  readonly onAsk: (draft: AskDraft) => void
}) {
  const { data: device, error, isPending } = useDevice(deviceId)
  const requests = useRequests(ticket.id)
  useLiveQuery(`device/${deviceId}`, deviceKey(deviceId))
  if (isPending) return <Loading what="Reading the device" />
  if (device === undefined) return <Problem error={error} />
  return (
    <>
      <DeviceCard device={device} />
      <Problem error={requests.error} />
      <Permissions ticket={ticket} device={device} requests={requests.data ?? []} onAsk={onAsk} />
      <AskPanel ticket={ticket} device={device} onAsk={onAsk} />
    </>
  )
}

function DeviceCard({ device }: { readonly device: DeviceDetailView }) {
  return (
    <div className={styles.card}>
      <div className={styles.head}>
        <h2 className={styles.name}>
          <Link href={`/devices/${device.id}`}>{device.name}</Link>
        </h2>
        <Presence online={device.online} />
      </div>
      <p className={styles.soft}>
        {platformWord(device.platform)}, {device.osName}
      </p>
      <p className={styles.soft}>
        Agent {device.agentVersion}
        {device.lastSeenAt === null || device.online ? null : (
          <>
            , last seen <Ago at={device.lastSeenAt} />
          </>
        )}
      </p>
      <Standing device={device} />
      <Blocked report={device.reportOnYou} />
    </div>
  )
}

/** The person at the device reported whoever is signed in. */
function Blocked({ report }: { readonly report: DeviceDetailView['reportOnYou'] }) {
  if (report === null) return null
  return (
    <Notice tone="bad">
      <strong>You are blocked on this device.</strong> The person there reported a request of yours as suspicious{' '}
      <Ago at={report.at} />. You cannot ask here until a lead has looked at the report and lifted the block. Talk to
      your lead; somebody else can take the ticket over meanwhile.
    </Notice>
  )
}

function Standing({ device }: { readonly device: DeviceDetailView }) {
  if (device.standing === 'quarantined')
    return (
      <Notice tone="warn">
        This device waits for an admin’s approval ({device.standingReason}). Nobody at it can be asked before.
      </Notice>
    )
  if (device.standing === 'revoked')
    return <Notice tone="bad">This device was shut out ({device.standingReason}). It cannot connect any more.</Notice>
  return device.online ? null : (
    <p>
      <Badge tone="warn">Offline</Badge> A request waits until it connects; runs start only while it is online.
    </p>
  )
}
