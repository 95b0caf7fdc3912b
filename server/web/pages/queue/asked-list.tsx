import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useAsked } from '../../api/offers.ts'
import { CRITERION_WORDS } from '../../ui/clock-words.ts'
import { Ago } from '../../ui/time.tsx'
import styles from './asked-list.module.css'

/** Tickets that wait for the word of whoever looks: offered, asked to take over, assigned. Nothing when there are none. */
export function AskedList() {
  const { data } = useAsked()
  if (data === undefined || data.offers.length + data.escalations.length === 0) return null
  return (
    <section className={styles.asked} aria-labelledby="asked-of-you">
      <h2 id="asked-of-you">Asked of you</h2>
      <ul className={styles.list}>
        {data.offers.map(({ id, ticketId, ticket, note, givenAt, givenByName, state }) => (
          <Asked key={id} ticketId={ticketId} ticket={ticket} at={givenAt}>
            {givenByName} {state === 'offered' ? 'offers it to you' : 'assigned it to you'}
            {note === '' ? '' : `: ${note}`}
          </Asked>
        ))}
        {data.escalations.map(({ id, ticketId, ticket, askedAt, askedByName, toUserId, toLevel, criterion }) => (
          <Asked key={id} ticketId={ticketId} ticket={ticket} at={askedAt}>
            {askedByName} asks {toUserId === null ? `anybody of level ${toLevel}` : 'you'} to take it over:{' '}
            {CRITERION_WORDS[criterion] ?? criterion}
          </Asked>
        ))}
      </ul>
    </section>
  )
}

function Asked({
  ticketId,
  ticket,
  at,
  children,
}: {
  readonly ticketId: string
  readonly ticket: { readonly number: number; readonly title: string }
  readonly at: string
  readonly children: ReactNode
}) {
  return (
    <li>
      <Link href={`/tickets/${ticketId}`}>
        #{ticket.number} {ticket.title}
      </Link>{' '}
      <span className={styles.soft}>
        {children} (<Ago at={at} />)
      </span>
    </li>
  )
}
