import type { FormEvent } from 'react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { LinkView } from '../../api/links.ts'
import { linksKey, useChangeLinks, useLinks } from '../../api/links.ts'
import { useLiveQuery } from '../../api/live.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Problem } from '../../ui/notice.tsx'
import { stateWord } from '../../ui/words.tsx'
import closeStyles from './close-ticket.module.css'
import styles from './related.module.css'
import { TicketPicker } from './ticket-picker.tsx'

const WORDS: Readonly<Record<LinkView['link'], string>> = {
  related: 'has to do with',
  'duplicate-of': 'is a duplicate of',
  'has-duplicate': 'has as a duplicate',
  'merged-into': 'goes on in',
  'has-merged': 'took over the work of',
}

/** What the ticket has to do with others. */
export function Related({ ticket }: { readonly ticket: TicketView }) {
  useLiveQuery(`ticket/${ticket.id}`, linksKey(ticket.id), ['ticket'])
  const { data = [], error } = useLinks(ticket.id)
  const mayWork = useMay('ticket.work')
  const change = useChangeLinks(ticket.id)
  const [isLinking, setLinking] = useState(false)
  return (
    <section className={styles.part} aria-labelledby="related-heading">
      <h2 id="related-heading" className={styles.heading}>
        Related
      </h2>
      <Problem error={error ?? change.error} />
      <ul className={styles.list}>
        {data.map((link) => (
          <li key={link.other.id} className={styles.item}>
            <span>
              {WORDS[link.link]}{' '}
              <Link href={`/tickets/${link.other.id}`}>
                #{link.other.number} {link.other.title}
              </Link>{' '}
              ({stateWord(link.other.state).toLowerCase()})
            </span>
            {mayWork && mayUnlink(ticket, link) ? (
              <Button
                small
                look="quiet"
                aria-label={`Unlink #${link.other.number}`}
                disabled={change.isPending}
                onClick={() => change.mutate({ otherId: link.other.id, does: 'unlink' })}
              >
                Unlink
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayWork ? (
        <div>
          <Button small onClick={() => setLinking(true)}>
            Link to a ticket
          </Button>
        </div>
      ) : null}
      {isLinking ? <LinkDialog ticket={ticket} onClose={() => setLinking(false)} /> : null}
    </section>
  )
}

/** A link that a ticket was closed for stays while it is closed. */
function mayUnlink(ticket: TicketView, { link, other }: LinkView): boolean {
  if (link === 'related') return true
  const closed = link === 'duplicate-of' || link === 'merged-into' ? ticket : other
  return closed.state !== 'closed'
}

function LinkDialog({ ticket, onClose }: { readonly ticket: TicketView; readonly onClose: () => void }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const change = useChangeLinks(ticket.id)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (chosen !== null) change.mutate({ otherId: chosen, does: 'link' }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title="Link to another ticket">
      <form className={closeStyles.form} onSubmit={submit}>
        <TicketPicker label="Which ticket?" notId={ticket.id} chosen={chosen} onChoose={setChosen} />
        <Problem error={change.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={chosen === null || change.isPending}>
            Link
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
