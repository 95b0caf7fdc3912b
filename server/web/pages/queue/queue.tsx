import { useQuery } from '@tanstack/react-query'
import { apiGet } from '../../api/client.ts'
import { useLiveQuery } from '../../api/live.ts'
import type { Page, TicketView } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from './queue.module.css'

const QUEUE = ['tickets'] as const

/** The tickets of the desk. */
export function Queue() {
  const { data, error, isPending } = useQuery({
    queryKey: QUEUE,
    queryFn: ({ signal }) => apiGet<Page<TicketView>>('/api/tickets', { limit: 100 }, signal),
  })
  useLiveQuery('queue', QUEUE)
  return (
    <>
      <PageTitle title="Queue" />
      <Problem error={error} />
      {isPending ? <Loading /> : null}
      {data?.items.length === 0 ? (
        <Empty title="No ticket is open">New tickets appear here by themselves.</Empty>
      ) : null}
      <ul className={styles.list}>
        {data?.items.map((ticket) => (
          <li key={ticket.id}>
            #{ticket.number} {ticket.title} <Ago at={ticket.updatedAt} />
          </li>
        ))}
      </ul>
    </>
  )
}
