import { useLanguageName } from '../../api/languages.ts'
import type { MailView, TicketMailsView } from '../../api/mails.ts'
import { useMails } from '../../api/mails.ts'
import type { TicketView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from './mail-part.module.css'

const ABOUT: Readonly<Record<MailView['about'], string>> = {
  message: 'A message',
  asked: 'A question',
  appointment: 'An appointment',
  opened: 'That it was opened',
  resolved: 'That it is resolved',
  closed: 'That it is closed',
  link: 'A new link',
  notice: 'A notice',
  alert: 'An alert to the desk',
}
const TONES = { queued: 'plain', sent: 'good', failed: 'bad' } as const
const STATES: Readonly<Record<MailView['state'], string>> = { queued: 'Waits', sent: 'Sent', failed: 'Failed' }

/** What became of the mails to the person; nothing where the ticket has no address. */
export function MailPart({ ticket }: { readonly ticket: TicketView }) {
  const { data } = useMails(ticket.id)
  const nameOf = useLanguageName()
  if (data === undefined || ticket.requesterEmail === null) return null
  const { items } = data
  const failed = items.filter(({ state }) => state === 'failed')
  return (
    <section className={styles.part} aria-labelledby="mail-title">
      <h2 className={styles.title} id="mail-title">
        E-mail
      </h2>
      {failed.length === 0 ? null : (
        <Notice tone="warn">
          {failed.length === 1 ? 'A mail' : `${failed.length} mails`} could not be sent. Reach the person another way.
        </Notice>
      )}
      <p className={styles.soft}>{standing(data, nameOf)}</p>
      {items.length === 0 ? null : (
        <details>
          <summary>{items.length === 1 ? '1 mail' : `${items.length} mails`}</summary>
          <ul className={styles.list}>
            {items.map((mail) => (
              <Item key={mail.id} mail={mail} />
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

const WHY = {
  chosen: 'as set for this ticket',
  heard: 'in which they read last',
  organisation: 'the organisation’s language',
} as const

function standing({ isOn, writesTo, language }: TicketMailsView, nameOf: (code: string) => string): string {
  if (!isOn) return 'Off: this server has no mail server. Messages do not reach the person by e-mail.'
  if (writesTo === null || language === null) return 'The organisation’s settings send this person no mail.'
  return `Messages also go to ${writesTo}. Mails are in ${nameOf(language.language)}, ${WHY[language.because]}.`
}

function Item({ mail }: { readonly mail: MailView }) {
  const { about, to, state, attempts, createdAt, lastError } = mail
  return (
    <li>
      <Badge tone={TONES[state]}>{STATES[state]}</Badge> {ABOUT[about]} to {to}, written <Ago at={createdAt} />
      {lastError === null ? null : (
        <p className={styles.soft}>
          {attempts === 1 ? '1 try' : `${attempts} tries`}: {lastError}
        </p>
      )}
    </li>
  )
}
