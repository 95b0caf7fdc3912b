import { useQuery } from '@tanstack/react-query'
import { apiGet } from '../../api/client.ts'
import type { HealthView } from '../../api/desk.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { fullTime } from '../../ui/time.tsx'
import styles from '../desk.module.css'
import own from './admin.module.css'

const EVERY_MS = 10_000
type Tone = 'plain' | 'warn' | 'bad'

/** How the server does, read again every ten seconds. */
export function Health() {
  const { data, error, isPending } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => apiGet<HealthView>('/api/health', {}, signal),
    refetchInterval: EVERY_MS,
  })
  return (
    <>
      <PageTitle title="Health">
        {data === undefined ? null : (
          <Badge tone={data.ready ? 'good' : 'bad'}>{data.ready ? 'Ready' : 'Not ready'}</Badge>
        )}
      </PageTitle>
      <div className={styles.stack}>
        <Problem error={error} />
        {isPending ? <Loading /> : null}
        {data === undefined ? null : <Figures health={data} />}
      </div>
    </>
  )
}

function Figures({ health }: { readonly health: HealthView }) {
  const { store, disk, certificates, revocationListAgeSeconds: listAge } = health
  return (
    <>
      <dl className={own.meters}>
        <Meter label="Agents online" value={count(health.agentsOnline)} />
        <Meter label="Open runs" value={count(health.runsOpen)} />
        <Meter
          label="Rows waiting for the index"
          value={count(health.rowsToIndex)}
          note={health.ingestBytes === null ? '' : `${bytes(health.ingestBytes)} on the way to the store`}
        />
        <Meter
          label="Store"
          value={bytes(store.bytes)}
          note={`${store.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL'}, answers in ${store.latencyMs} ms`}
          tone={store.latencyMs > 500 ? 'warn' : 'plain'}
        />
        {disk === null ? null : (
          <Meter
            label="Disk free"
            value={bytes(disk.freeBytes)}
            note={`of ${bytes(disk.totalBytes)}`}
            tone={shareTone(disk.freeBytes / disk.totalBytes)}
          />
        )}
        {certificates.map(({ name, daysLeft, endsAt }) => (
          <Meter
            key={name}
            label={name === 'authority' ? 'Own authority' : 'Certificate for agents'}
            value={`${count(daysLeft)} days`}
            note={`until ${fullTime(endsAt)}`}
            tone={daysLeft < 3 ? 'bad' : daysLeft < 14 ? 'warn' : 'plain'}
          />
        ))}
        {listAge === null ? null : (
          <Meter
            label="Revocation list"
            value={`${count(Math.floor(listAge / 60))} min old`}
            note="made again every hour"
            tone={listAge > 10_800 ? 'bad' : 'plain'}
          />
        )}
        <Meter
          label="Policy violations"
          value={count(health.policyReports)}
          note="of pages, reported by browsers since the start; the server’s log has them"
          tone={health.policyReports > 0 ? 'warn' : 'plain'}
        />
        <Meter
          label="Mails waiting"
          value={health.mail === null ? 'off' : count(health.mail.queued)}
          note={
            health.mail === null ? 'no mail server is configured' : `${count(health.mail.failed)} given up this week`
          }
          tone={health.mail !== null && health.mail.failed > 0 ? 'warn' : 'plain'}
        />
        <Meter label="Running for" value={duration(health.uptimeSeconds)} note={`version ${health.version}`} />
        <Meter label="Memory" value={bytes(health.memoryBytes)} note="of the server process" />
      </dl>
      <section className={styles.card} aria-labelledby="checks-heading">
        <h2 id="checks-heading">Checks</h2>
        <ul className={styles.plain}>
          {health.checks.map(({ name, ok }) => (
            <li key={name} className={styles.between}>
              {CHECKS[name] ?? name}
              <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'OK' : 'Fails'}</Badge>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

const CHECKS: Readonly<Record<string, string>> = {
  serving: 'Takes requests and is not stopping',
  store: 'The store reads and writes',
  migrations: 'The store has the schema of this version',
  'authority-key': 'The key of the authority is on the disk',
  'revocation-list': 'The list of revoked devices is fresh',
}

function Meter({
  label,
  value,
  note = '',
  tone = 'plain',
}: {
  readonly label: string
  readonly value: string
  readonly note?: string
  readonly tone?: Tone
}) {
  return (
    <div className={own.meter} data-tone={tone}>
      <dt>{label}</dt>
      <dd>
        {value}
        {note === '' ? null : <span className={`${styles.sub} ${own.note}`}>{note}</span>}
      </dd>
    </div>
  )
}

function shareTone(free: number): Tone {
  if (free < 0.05) return 'bad'
  return free < 0.15 ? 'warn' : 'plain'
}

function count(value: number): string {
  return value.toLocaleString('en')
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), UNITS.length - 1)
  const scaled = value / 1024 ** power
  return `${scaled.toLocaleString('en', { maximumFractionDigits: scaled < 10 ? 1 : 0 })} ${UNITS[power]}`
}

function duration(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor(seconds / 3_600) % 24
  const minutes = Math.floor(seconds / 60) % 60
  if (days > 0) return `${days} d ${hours} h`
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`
}
