import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { DueView, LeadView, LoadView, OfferedView, WaitingView, WatchedView } from '../../api/lead.ts'
import { useLead } from '../../api/lead.ts'
import { usePeople } from '../../api/people.ts'
import { useMay } from '../../api/session.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Badge } from '../../ui/badge.tsx'
import { CRITERION_WORDS } from '../../ui/clock-words.ts'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { Ago, fullTime } from '../../ui/time.tsx'
import { counted, lengthText, PriorityBadge, StateBadge } from '../../ui/words.tsx'
import styles from '../desk.module.css'

/** The desk as its leads see it: what waits to be taken over, which times end, what stands still, who has how much. */
export function Lead() {
  const mayRead = useMay('lead.read')
  return (
    <>
      <PageTitle title="Lead view" />
      {mayRead ? (
        <Desk />
      ) : (
        <Empty title="There is nothing here for you">Leads and admins look after the desk here.</Empty>
      )}
    </>
  )
}

function Desk() {
  const { data, error, isPending } = useLead()
  if (isPending) return <Loading what="Reading the desk" />
  return (
    <div className={styles.stack}>
      <Problem error={error} />
      {data === undefined ? null : <Lists view={data} />}
    </div>
  )
}

function Lists({ view }: { readonly view: LeadView }) {
  const people = usePeople()
  const waiting: readonly Column<WaitingView>[] = [
    { head: 'Ticket', cell: ({ ticketId, ticket }) => <TicketLink id={ticketId} {...ticket} /> },
    { head: 'Priority', cell: ({ ticket }) => <PriorityBadge priority={ticket.priority} /> },
    {
      head: 'Asked',
      cell: ({ toUserId, toLevel }) => people.find(({ id }) => id === toUserId)?.name ?? `anybody of level ${toLevel}`,
    },
    { head: 'Why', cell: ({ criterion }) => CRITERION_WORDS[criterion] ?? criterion },
    { head: 'By', cell: ({ askedByName }) => askedByName },
    { head: 'Since', cell: ({ askedAt, isForLeads }) => <Since at={askedAt} isAlert={isForLeads} /> },
  ]
  const offered: readonly Column<OfferedView>[] = [
    { head: 'Ticket', cell: ({ ticketId, ticket }) => <TicketLink id={ticketId} {...ticket} /> },
    { head: 'Priority', cell: ({ ticket }) => <PriorityBadge priority={ticket.priority} /> },
    { head: 'To', cell: ({ toUserId }) => people.find(({ id }) => id === toUserId)?.name ?? toUserId },
    { head: 'By', cell: ({ givenByName }) => givenByName },
    { head: 'Since', cell: ({ givenAt }) => <Ago at={givenAt} /> },
  ]
  return (
    <>
      <List title="Waiting to be taken over" none="Nobody waits for an answer." rows={view.waiting}>
        <DataTable label="Waiting to be taken over" columns={waiting} rows={view.waiting} keyOf={({ id }) => id} />
      </List>
      <List title="Offered, without an answer" none="No offer waits for an answer." rows={view.offered}>
        <DataTable label="Offered, without an answer" columns={offered} rows={view.offered} keyOf={({ id }) => id} />
      </List>
      <List title="Times that end" none="No time runs." rows={view.due}>
        <DataTable label="Times that end" columns={DUE} rows={view.due} keyOf={({ ticket }) => ticket.id} />
      </List>
      <List title="Stuck" none="Something happened lately at every ticket." rows={view.stuck}>
        <DataTable label="Stuck" columns={STUCK} rows={view.stuck} keyOf={({ id }) => id} />
      </List>
      <List title="Load" none="No ticket is open." rows={view.load}>
        <DataTable label="Load" columns={LOAD} rows={loads(view.load)} keyOf={({ name }) => name} />
      </List>
    </>
  )
}

function List({
  title,
  none,
  rows,
  children,
}: {
  readonly title: string
  readonly none: string
  readonly rows: readonly unknown[]
  readonly children: ReactNode
}) {
  return (
    <section className={styles.card} aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? <p className={styles.soft}>{none}</p> : children}
    </section>
  )
}

const DUE: readonly Column<DueView>[] = [
  { head: 'Ticket', cell: ({ ticket }) => <TicketLink {...ticket} /> },
  { head: 'Priority', cell: ({ ticket }) => <PriorityBadge priority={ticket.priority} /> },
  { head: 'State', cell: ({ ticket }) => <StateBadge state={ticket.state} /> },
  { head: 'Time for', cell: ({ target, ticket }) => (target === 'level' ? `level ${ticket.level}` : TARGETS[target]) },
  { head: 'Left', cell: (due) => <Left due={due} /> },
  { head: 'Assignee', cell: ({ ticket }) => ticket.assigneeName ?? 'Nobody' },
]

const STUCK: readonly Column<WatchedView>[] = [
  { head: 'Ticket', cell: (ticket) => <TicketLink {...ticket} /> },
  { head: 'Priority', cell: ({ priority }) => <PriorityBadge priority={priority} /> },
  { head: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { head: 'Last entry', cell: ({ lastEntryAt }) => <Ago at={lastEntryAt} /> },
  { head: 'Assignee', cell: ({ assigneeName }) => assigneeName ?? 'Nobody' },
]

interface PersonLoad {
  readonly name: string
  readonly byLevel: readonly number[]
}

const LOAD: readonly Column<PersonLoad>[] = [
  { head: 'Who', cell: ({ name }) => name },
  ...[1, 2, 3].map((level) => ({
    head: `Level ${level}`,
    cell: ({ byLevel }: PersonLoad) => byLevel[level - 1] ?? 0,
  })),
  {
    head: 'All',
    cell: ({ byLevel }) =>
      counted(
        byLevel.reduce((sum, count) => sum + count, 0),
        'ticket',
      ),
  },
]

const TARGETS = { response: 'a first answer', update: 'the next update', level: 'its level', resolution: 'a solution' }

/** The busiest first; what nobody has stands before all. */
function loads(rows: readonly LoadView[]): readonly PersonLoad[] {
  const people = Map.groupBy(rows, ({ userId }) => userId)
  const load = [...people].map(([userId, own]) => ({
    isNobody: userId === null,
    name: userId === null ? 'Nobody' : (own[0]?.name ?? userId),
    byLevel: [1, 2, 3].map((level) => own.find((one) => one.level === level)?.tickets ?? 0),
    all: own.reduce((sum, { tickets }) => sum + tickets, 0),
  }))
  return load.toSorted((one, other) => Number(other.isNobody) - Number(one.isNobody) || other.all - one.all)
}

function TicketLink({ id, number, title }: { readonly id: string; readonly number: number; readonly title: string }) {
  return (
    <Link href={`/tickets/${id}`}>
      #{number} {title}
    </Link>
  )
}

function Left({ due: { leftMs, dueAt, isForLeads } }: { readonly due: DueView }) {
  const text = leftMs < 0 ? `over for ${lengthText(-leftMs)}` : lengthText(leftMs)
  return (
    <time dateTime={dueAt} title={fullTime(dueAt)}>
      {leftMs < 0 ? <Badge tone={isForLeads ? 'bad' : 'warn'}>{text}</Badge> : text}
    </time>
  )
}

function Since({ at, isAlert }: { readonly at: string; readonly isAlert: boolean }) {
  if (!isAlert) return <Ago at={at} />
  return (
    <Badge tone="warn">
      <Ago at={at} />
    </Badge>
  )
}
