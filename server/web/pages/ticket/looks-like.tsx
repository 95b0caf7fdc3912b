import { Link } from 'wouter'
import { useFindings } from '../../api/findings.ts'
import type { SimilarView } from '../../api/knowledge.ts'
import { similarKey, useSimilar } from '../../api/knowledge.ts'
import { useLiveQuery } from '../../api/live.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { stateWord } from '../../ui/words.tsx'
import styles from './looks-like.module.css'

/** Known problems and other tickets that look like this one, and the way to write it up once it is solved. */
export function LooksLike({ ticket }: { readonly ticket: TicketView }) {
  const { data, error } = useSimilar(ticket.id)
  useLiveQuery(`ticket/${ticket.id}`, similarKey(ticket.id), ['finding', 'ticket'])
  const mayWrite = useMay('ticket.work')
  const isSolved = ticket.state === 'resolved' || ticket.state === 'closed'
  const writtenUp = data?.writtenUp ?? []
  const items = data?.items ?? []
  const offersWriting = mayWrite && isSolved && data !== undefined && writtenUp.length === 0
  if (error === null && items.length === 0 && writtenUp.length === 0 && !offersWriting) return null
  return (
    <section className={styles.part} aria-labelledby="looks-like-title">
      <div className={styles.head}>
        <h2 id="looks-like-title">Looks like</h2>
        {offersWriting ? (
          <Link href={`/knowledge/new?ticket=${ticket.id}`} className={buttonClass({ small: true })}>
            Write up as known problem
          </Link>
        ) : null}
        {writtenUp.map(({ id, number }) => (
          <Link key={id} href={`/knowledge/${id}`}>
            Written up as K{number}
          </Link>
        ))}
      </div>
      <Problem error={error} />
      {data !== undefined && items.length === 0 ? (
        <p className={styles.soft}>Nothing that the desk met before.</p>
      ) : null}
      <ul className={styles.list}>
        {items.map((item) => (
          <li key={item.of.id}>
            <SimilarLink of={item.of} />
            <Why ticketId={ticket.id} item={item} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function SimilarLink({ of }: Pick<SimilarView, 'of'>) {
  if (of.kind === 'entry')
    return (
      <Link href={`/knowledge/${of.id}`}>
        Known problem K{of.number}: {of.title}
      </Link>
    )
  return (
    <Link href={`/tickets/${of.id}`}>
      #{of.number} {of.title} ({stateWord(of.state).toLowerCase()})
    </Link>
  )
}

/** Rules are told by what they found here. */
function Why({ ticketId, item }: { readonly ticketId: string; readonly item: SimilarView }) {
  const { data: findings } = useFindings(ticketId)
  const statements = item.rules.map(
    (rule) => findings?.find(({ content }) => content.rule === rule)?.content.statement ?? rule,
  )
  const parts = [
    ...(statements.length === 0 ? [] : [`Same finding: ${statements.join('; ')}`]),
    ...(item.words.length === 0 ? [] : [`Same words: ${item.words.join(', ')}`]),
  ]
  return <span className={styles.soft}>{parts.join('. ')}</span>
}
