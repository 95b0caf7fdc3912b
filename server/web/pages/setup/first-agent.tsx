import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { apiGet } from '../../api/client.ts'
import { standingWords } from '../../api/desk.ts'
import { live, useLiveQuery } from '../../api/live.ts'
import type { DeviceView, Page } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { StandingBadge } from '../admin/devices.tsx'
import styles from '../desk.module.css'

const FIRST_DEVICES = ['devices', 'first'] as const
/** A new device makes no event before it is known, so the list is also read now and then. */
const EVERY_MS = 3_000

/** Screen 4: waits for the first agent, live. */
export function FirstAgent({ onDone }: { readonly onDone: () => void }) {
  useEffect(() => {
    live.open()
    return () => live.close()
  }, [])
  const { data, error } = useQuery({
    queryKey: FIRST_DEVICES,
    queryFn: ({ signal }) => apiGet<Page<DeviceView>>('/api/devices', { limit: 20 }, signal),
    refetchInterval: EVERY_MS,
  })
  useLiveQuery('queue', FIRST_DEVICES, ['device'])
  const devices = data?.items ?? []
  const isOnline = devices.some(({ online }) => online)
  return (
    <section className={styles.stack} aria-labelledby="agent-heading">
      <h1 id="agent-heading">{isOnline ? 'The first agent is online' : 'Waiting for the first agent'}</h1>
      <Problem error={error} />
      <div role="status">
        {isOnline ? (
          <Notice tone="good">
            Everything works. You can open a ticket and ask this machine’s person for consent.
          </Notice>
        ) : (
          <Notice>Run the agent on a machine with the code; it appears here by itself. You need not wait.</Notice>
        )}
      </div>
      {devices.length === 0 ? null : (
        <ul className={styles.plain} aria-label="Devices">
          {devices.map((device) => (
            <li key={device.id} className={styles.between}>
              <span>
                <span className={styles.name}>{device.name}</span>
                <span className={styles.sub}>
                  {device.osName}. {standingWords(device.standingReason)}
                </span>
              </span>
              <span className={styles.row}>
                <StandingBadge standing={device.standing} />
                <Badge tone={device.online ? 'good' : 'plain'}>{device.online ? 'Online' : 'Offline'}</Badge>
              </span>
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button look="primary" onClick={onDone}>
          {isOnline ? 'Finish' : 'Finish without waiting'}
        </Button>
      </div>
    </section>
  )
}
