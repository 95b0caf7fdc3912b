import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SessionEntry } from '../../api/account.ts'
import { apiGet, apiSend } from '../../api/client.ts'
import type { Page } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { SESSION_COLUMNS } from '../session-columns.tsx'

const SESSIONS = ['sessions'] as const

/** Who is signed in, and an end to it. */
export function Sessions() {
  const queries = useQueryClient()
  const { data, error, isPending } = useQuery({
    queryKey: SESSIONS,
    queryFn: ({ signal }) => apiGet<Page<SessionEntry>>('/api/sessions', {}, signal),
  })
  const users = useQuery({
    queryKey: ['users', 'names'],
    queryFn: ({ signal }) => apiGet<Page<{ id: string; name: string }>>('/api/users', { limit: 500 }, signal),
  })
  const end = useMutation({
    mutationFn: (id: string) => apiSend('DELETE', `/api/sessions/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: SESSIONS }),
  })
  const nameOf = (id: string | null) => users.data?.items.find((user) => user.id === id)?.name ?? 'Unknown'
  const columns: readonly Column<SessionEntry>[] = [
    { head: 'User', cell: ({ userId }) => <span className={styles.name}>{nameOf(userId)}</span> },
    ...SESSION_COLUMNS,
    {
      head: 'Action',
      cell: ({ id, userId, current }) =>
        current ? (
          <Badge tone="accent">This one</Badge>
        ) : (
          <Button small onClick={() => end.mutate(id)} aria-label={`End this session of ${nameOf(userId)}`}>
            End
          </Button>
        ),
    },
  ]
  return (
    <>
      <PageTitle title="Sessions" />
      <div className={styles.stack}>
        <p className={styles.soft}>Who is signed in with a browser now. API tokens have no sessions.</p>
        <Problem error={error ?? end.error} />
        {isPending ? <Loading /> : null}
        {data === undefined ? null : (
          <DataTable label="Sessions" columns={columns} rows={data.items} keyOf={({ id }) => id} />
        )}
      </div>
    </>
  )
}
