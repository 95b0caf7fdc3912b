import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { apiGet } from '../../api/client.ts'
import type { AuditEntry } from '../../api/desk.ts'
import type { CertificateView, Page, TicketView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Ago, fullTime } from '../../ui/time.tsx'
import own from '../admin/admin.module.css'
import { AUDIT_COLUMNS } from '../admin/audit-columns.tsx'
import styles from '../desk.module.css'

const DAY_MS = 86_400_000

/** The certificates of a device: the one that counts, and the earlier ones. */
export function Certificates({ certificates }: { readonly certificates: readonly CertificateView[] }) {
  const newest = certificates.toSorted((one, other) => (one.notBefore < other.notBefore ? 1 : -1))
  return (
    <section className={styles.card} aria-labelledby="certificates-heading">
      <h2 id="certificates-heading">Certificate</h2>
      {newest.length === 0 ? <p className={styles.soft}>The device has none.</p> : null}
      <ul className={styles.plain}>
        {newest.map((certificate) => (
          <li key={certificate.serial}>
            <div className={styles.between}>
              <span className={styles.name}>{fullTime(certificate.notBefore)}</span>
              <DaysLeft certificate={certificate} />
            </div>
            <span className={styles.sub}>
              Ends {fullTime(certificate.notAfter)}. SHA-256 of it:{' '}
              <span className={own.print}>{certificate.sha256}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function DaysLeft({
  certificate: { notAfter, revokedAt, revocationReason },
}: {
  readonly certificate: CertificateView
}) {
  if (revokedAt !== null) return <Badge tone="bad">Revoked: {revocationReason ?? 'no reason given'}</Badge>
  const days = Math.floor((Date.parse(notAfter) - Date.now()) / DAY_MS)
  if (days < 0) return <Badge tone="bad">Ended</Badge>
  return <Badge tone={days < 14 ? 'warn' : 'good'}>{days === 1 ? '1 day left' : `${days} days left`}</Badge>
}

/** Tickets that name the device. */
export function DeviceTickets({ deviceId }: { readonly deviceId: string }) {
  const { data, error, isPending } = useQuery({
    queryKey: ['tickets', 'device', deviceId],
    queryFn: ({ signal }) => apiGet<Page<TicketView>>('/api/tickets', { deviceId, limit: 50 }, signal),
  })
  return (
    <section className={styles.card} aria-labelledby="tickets-heading">
      <h2 id="tickets-heading">Tickets</h2>
      <Problem error={error} />
      {isPending ? <Loading /> : null}
      {data?.items.length === 0 ? <p className={styles.soft}>No ticket names this device.</p> : null}
      {data === undefined || data.items.length === 0 ? null : (
        <DataTable
          label="Tickets of this device"
          columns={[
            { head: 'No.', cell: ({ number }: TicketView) => `#${number}` },
            { head: 'Title', cell: ({ id, title }) => <Link href={`/tickets/${id}`}>{title}</Link> },
            { head: 'State', cell: ({ state }) => state },
            { head: 'Priority', cell: ({ priority }) => priority },
            { head: 'Changed', cell: ({ updatedAt }) => <Ago at={updatedAt} /> },
          ]}
          rows={data.items}
          keyOf={({ id }) => id}
        />
      )}
    </section>
  )
}

/** What the agent can read, in its own words. */
export function DeviceCatalogue({ catalogue }: { readonly catalogue: readonly CatalogueEntry[] | null }) {
  return (
    <section className={styles.card} aria-labelledby="catalogue-heading">
      <h2 id="catalogue-heading">What its agent can read</h2>
      {catalogue === null ? (
        <p className={styles.soft}>The agent has not said so yet; it does when it connects.</p>
      ) : (
        <ul className={styles.plain}>
          {catalogue
            .toSorted((one, other) => Number(other.available) - Number(one.available))
            .map(({ id, title, tellUser, notRead, available, privilege }) => (
              <li key={id}>
                <div className={styles.row}>
                  <span className={styles.name}>{title}</span>
                  <code>{id}</code>
                  {available ? null : <Badge>Not on this device</Badge>}
                  {privilege === 'admin' ? <Badge tone="warn">Needs admin rights</Badge> : null}
                </div>
                <p>{tellUser}</p>
                <p className={styles.soft}>{notRead}</p>
              </li>
            ))}
        </ul>
      )}
    </section>
  )
}

/** What the audit log says of the device, newest first. */
export function DeviceHistory({ deviceId }: { readonly deviceId: string }) {
  const list = useInfiniteQuery({
    queryKey: ['devices', deviceId, 'history'],
    queryFn: ({ pageParam, signal }) =>
      apiGet<Page<AuditEntry>>(
        '/api/audit',
        { subject: deviceId, order: 'newest', after: pageParam, limit: 25 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const entries = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section className={styles.card} aria-labelledby="history-heading">
      <h2 id="history-heading">History</h2>
      <Problem error={list.error} />
      {list.isPending ? <Loading /> : null}
      {entries.length === 0 ? null : (
        <DataTable
          label="History of this device"
          columns={AUDIT_COLUMNS.filter(({ head }) => head !== 'To what')}
          rows={entries}
          keyOf={({ seq }) => String(seq)}
        />
      )}
      {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>Show older entries</Button> : null}
    </section>
  )
}
