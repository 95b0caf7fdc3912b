import { Link } from 'wouter'
import { useLanguageName } from '../../api/languages.ts'
import type { ContactsView, TicketView } from '../../api/types.ts'
import styles from './ticket-facts.module.css'

const NOTICES: Readonly<Record<ContactsView['stakeholders'][number]['notices'], string>> = {
  none: 'told of nothing',
  escalations: 'told of escalations and the end',
  all: 'told of every change of state',
}

/** Tags, people besides the requester, and how often the ticket came back; each only where there is something to say. */
export function FlowFacts({ ticket }: { readonly ticket: TicketView }) {
  const { tags, reopened } = ticket
  const nameOf = useLanguageName()
  const { onSite, stakeholders } = ticket.contacts
  return (
    <>
      {tags.length === 0 ? null : (
        <div>
          <dt className={styles.name}>Tags</dt>
          <dd className={styles.badges}>
            {tags.map((tag) => (
              <Link key={tag} href={`/?state=any&tag=${encodeURIComponent(tag)}`}>
                {tag}
              </Link>
            ))}
          </dd>
        </div>
      )}
      {onSite === null ? null : (
        <div>
          <dt className={styles.name}>On site</dt>
          <dd className={styles.value}>
            {onSite.name}
            <div className={styles.soft}>{onSite.contact}</div>
          </dd>
        </div>
      )}
      {stakeholders.length === 0 ? null : (
        <div>
          <dt className={styles.name}>Stakeholders</dt>
          {stakeholders.map(({ name, email, notices, language }) => (
            <dd className={styles.value} key={email}>
              {name}
              <div className={styles.soft}>
                {email}, {NOTICES[notices]}
                {language === undefined ? null : ` in ${nameOf(language)}`}
              </div>
            </dd>
          ))}
        </div>
      )}
      {reopened === 0 ? null : (
        <div>
          <dt className={styles.name}>Opened again</dt>
          <dd className={styles.value}>{reopened === 1 ? 'once' : `${reopened} times`}</dd>
        </div>
      )}
    </>
  )
}
