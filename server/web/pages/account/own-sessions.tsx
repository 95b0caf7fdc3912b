import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SessionEntry } from '../../api/account.ts'
import { apiGet, apiSend } from '../../api/client.ts'
import type { Page } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { SESSION_COLUMNS } from '../session-columns.tsx'

const OWN_SESSIONS = ['account', 'sessions'] as const

/** Where one is signed in. */
export function OwnSessions() {
  const queries = useQueryClient()
  const { data, error, isPending } = useQuery({
    queryKey: OWN_SESSIONS,
    queryFn: ({ signal }) => apiGet<Page<SessionEntry>>('/api/account/sessions', {}, signal),
  })
  const end = useMutation({
    mutationFn: (id: string) => apiSend('DELETE', `/api/account/sessions/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: OWN_SESSIONS }),
  })
  const action = ({ id, current }: SessionEntry) =>
    current ? (
      <Badge tone="accent">This one</Badge>
    ) : (
      <Button small onClick={() => end.mutate(id)}>
        End
      </Button>
    )
  return (
    <section className={styles.card} aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">Where you are signed in</h2>
      <Problem error={error ?? end.error} />
      {isPending ? <Loading /> : null}
      {data === undefined ? null : (
        <DataTable
          label="Your sessions"
          columns={[...SESSION_COLUMNS, { head: 'Action', cell: action }]}
          rows={data.items}
          keyOf={({ id }) => id}
        />
      )}
    </section>
  )
}
