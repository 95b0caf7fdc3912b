import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Keyboard, Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { apiGet } from '../../api/client.ts'
import { useLiveQuery } from '../../api/live.ts'
import { useMay } from '../../api/session.ts'
import type { TicketPage } from '../../api/tickets.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { useShortcuts } from '../../ui/shortcuts.ts'
import { counted } from '../../ui/words.tsx'
import { AskedList } from './asked-list.tsx'
import type { QueueFilter } from './filter.ts'
import { apiQuery, filterOf, queryText } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { KeysDialog } from './keys-dialog.tsx'
import { NewTicket } from './new-ticket.tsx'
import styles from './queue.module.css'
import { useSteadyOrder } from './steady-order.ts'
import { focusTicket, TicketTable } from './ticket-table.tsx'
import { ViewTabs } from './view-tabs.tsx'

const PAGE = 50
const QUEUE = ['queue'] as const
/** A busy desk changes something all the time; the list is read at most so often. */
const GATHER_MS = 700

/** The tickets of the desk: views, filters, and the table, live. */
export function Queue() {
  const [search, setSearch] = useSearchParams()
  const [, go] = useLocation()
  const filter = filterOf(search)
  const mayWork = useMay('ticket.work')
  const [showsKeys, setShowsKeys] = useState(false)
  const searchRef = useRef<HTMLInputElement>(null)
  const isNew = mayWork && search.get('new') === '1'
  const change = (changed: Partial<QueueFilter>) =>
    setSearch(new URLSearchParams(queryText({ ...filter, ...changed })), { replace: true })
  const openNew = () => setSearch(new URLSearchParams([...search, ['new', '1']]), { replace: true })
  useShortcuts({
    j: () => focusTicket(1),
    k: () => focusTicket(-1),
    '/': () => searchRef.current?.focus(),
    '?': () => setShowsKeys(true),
    ...(mayWork ? { n: openNew } : {}),
  })
  return (
    <div className={styles.page}>
      <PageTitle title="Queue">
        <Button look="quiet" onClick={() => setShowsKeys(true)}>
          <Keyboard aria-hidden="true" size={18} />
          Keys
        </Button>
        {mayWork ? (
          <Button look="primary" onClick={openNew}>
            <Plus aria-hidden="true" size={18} />
            New ticket
          </Button>
        ) : null}
      </PageTitle>
      <AskedList />
      <ViewTabs current={queryText(filter)} />
      <FilterBar filter={filter} onChange={change} searchRef={searchRef} />
      <Tickets filter={filter} />
      <NewTicket open={isNew} onClose={() => change({})} onOpened={({ id }) => go(`/tickets/${id}`)} />
      <KeysDialog open={showsKeys} onClose={() => setShowsKeys(false)} />
    </div>
  )
}

function Tickets({ filter }: { readonly filter: QueueFilter }) {
  const query = apiQuery(filter)
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...QUEUE, query],
    queryFn: ({ pageParam, signal }) =>
      apiGet<TicketPage>(
        '/api/tickets',
        { ...query, limit: PAGE, ...(pageParam === null ? {} : { after: pageParam }) },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
  useLiveQuery('queue', QUEUE, undefined, GATHER_MS)
  useLiveQuery('devices', QUEUE, ['online', 'offline'], GATHER_MS)
  const [isHeld, setHeld] = useState(false)
  // A ticket that moved up while the next page was read stands in both.
  const items = [...new Map(data?.pages.flatMap((page) => page.items).map((item) => [item.id, item])).values()]
  const { shown, later } = useSteadyOrder(items, isHeld)
  if (isPending) return <Loading what="Reading the queue" />
  return (
    <>
      <Problem error={error} />
      <div className={styles.status}>
        <span role="status">
          {counted(shown.length, 'ticket')}
          {hasNextPage ? ' and more' : ''}
          {later > 0 ? `; ${later} more came meanwhile` : ''}
        </span>
        {later > 0 ? (
          <Button small onClick={() => setHeld(false)}>
            Show them
          </Button>
        ) : null}
      </div>
      {items.length === 0 && error === null ? <NoTickets filter={filter} /> : null}
      {shown.length === 0 ? null : <TicketTable tickets={shown} onHold={setHeld} />}
      {hasNextPage ? (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </>
  )
}

function NoTickets({ filter }: { readonly filter: QueueFilter }) {
  if (queryText(filter) === '') return <Empty title="No ticket is open">New tickets appear here by themselves.</Empty>
  return <Empty title="No ticket is like this">Change the filters, or look at another view.</Empty>
}
