import { Link } from 'wouter'
import type { AuditEntry } from '../../api/desk.ts'
import type { Column } from '../../ui/data-table.tsx'
import { fullTime } from '../../ui/time.tsx'
import styles from '../desk.module.css'
import own from './admin.module.css'

/** What an audit entry shows, here and on a device's page. */
export const AUDIT_COLUMNS: readonly Column<AuditEntry>[] = [
  { head: 'No.', cell: ({ seq }) => seq },
  {
    head: 'When',
    cell: ({ at }) => (
      <time className={own.whole} dateTime={at}>
        {fullTime(at)}
      </time>
    ),
  },
  { head: 'Who', cell: ({ actor }) => <span className={styles.name}>{actor.name}</span> },
  { head: 'What', cell: ({ action }) => <code className={own.whole}>{action}</code> },
  { head: 'To what', cell: ({ subject }) => <Subject id={subject} /> },
  {
    head: 'Detail',
    cell: ({ detail }) =>
      Object.keys(detail).length === 0 ? null : <code className={own.detail}>{JSON.stringify(detail)}</code>,
  },
]

function Subject({ id }: { readonly id: string }) {
  const shown = <code className={own.detail}>{id}</code>
  return id.startsWith('dev_') ? <Link href={`/devices/${id}`}>{shown}</Link> : shown
}
