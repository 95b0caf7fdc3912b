import type { KeyboardEvent } from 'react'
import { Link } from 'wouter'
import type { QueuedView } from '../../api/tickets.ts'
import { Presence } from '../../ui/presence.tsx'
import { Ago } from '../../ui/time.tsx'
import { PriorityBadge, StateBadge } from '../../ui/words.tsx'
import { Due } from './due.tsx'
import styles from './ticket-table.module.css'
import { WaitsFor } from './waits-for.tsx'
import { WhoseMove } from './whose-move.tsx'

/** The tickets as rows. The link in each row is what has the focus; j and k move it. */
export function TicketTable({
  tickets,
  onHold,
}: {
  readonly tickets: readonly QueuedView[]
  /** Called when somebody begins or ends to point at a row. */
  readonly onHold: (isHeld: boolean) => void
}) {
  return (
    <table
      className={styles.table}
      onPointerEnter={() => onHold(true)}
      onPointerLeave={() => onHold(false)}
      onKeyDown={moveFocus}
    >
      <caption className="visually-hidden">Tickets</caption>
      <thead>
        <tr>
          <th className={styles.number} scope="col">
            No.
          </th>
          <th scope="col">Ticket</th>
          <th className={styles.device} scope="col">
            Device
          </th>
          <th className={styles.state} scope="col">
            State
          </th>
          <th className={styles.priority} scope="col">
            Priority
          </th>
          <th className={styles.waits} scope="col">
            Now
          </th>
          <th className={styles.level} scope="col">
            Level
          </th>
          <th className={styles.assignee} scope="col">
            Assignee
          </th>
          <th className={styles.updated} scope="col">
            Changed
          </th>
        </tr>
      </thead>
      <tbody>
        {tickets.map((ticket) => (
          <Row key={ticket.id} ticket={ticket} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ ticket }: { readonly ticket: QueuedView }) {
  const { activity } = ticket
  return (
    <tr className={styles.row}>
      <td className={styles.number}>{ticket.number}</td>
      <td className={styles.title}>
        <Link className={styles.link ?? ''} href={`/tickets/${ticket.id}`} data-ticket={ticket.number}>
          {ticket.title}
        </Link>
        <div className={styles.requester}>
          <span className={styles.inNumber}>#{ticket.number}</span> {ticket.requesterName}
        </div>
        <div className={styles.narrow}>
          <StateBadge state={ticket.state} />
          <PriorityBadge priority={ticket.priority} />
          <WhoseMove ticket={ticket} />
          <WaitsFor activity={activity} />
          <Due due={ticket.due} />
        </div>
      </td>
      <td className={styles.device}>
        {activity?.devices.map(({ id, name, online }) => (
          <div className={styles.machine} key={id}>
            <Presence online={online} quiet />
            <span className={styles.cut} title={name}>
              {name}
            </span>
          </div>
        ))}
      </td>
      <td className={styles.state}>
        <StateBadge state={ticket.state} />
      </td>
      <td className={styles.priority}>
        <PriorityBadge priority={ticket.priority} />
      </td>
      <td className={styles.waits}>
        <WhoseMove ticket={ticket} />
        <WaitsFor activity={activity} />
        <Due due={ticket.due} />
      </td>
      <td className={styles.level}>{ticket.level}</td>
      <td className={styles.assignee}>{activity?.assigneeName ?? <span className={styles.soft}>Nobody</span>}</td>
      <td className={styles.updated}>
        <Ago at={ticket.updatedAt} />
      </td>
    </tr>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

function moveFocus(event: KeyboardEvent): void {
  const step = STEPS[event.key]
  if (step === undefined) return
  event.preventDefault()
  focusTicket(step)
}

/** Moves the focus by so many rows from where it is; from nowhere, to the first or the last. */
export function focusTicket(step: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('a[data-ticket]')]
  const { activeElement } = document
  const at = activeElement instanceof HTMLElement ? links.indexOf(activeElement) : -1
  const to = at === -1 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1)
  links[to]?.focus()
}
