import type { FormEvent } from 'react'
import type { TicketView, WaitingFor } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import styles from './close-ticket.module.css'
import { WAITING_WORDS } from './flow-words.ts'
import type { TicketChanger } from './ticket-change.ts'

const CHOICES = Object.entries(WAITING_WORDS) as readonly (readonly [WaitingFor, string])[] // Its keys are the type's words.

/** Asks whom the ticket waits for. */
export function WaitDialog({
  ticket,
  changer,
  onClose,
}: {
  readonly ticket: TicketView
  readonly changer: TicketChanger
  readonly onClose: () => void
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const chosen = new FormData(event.currentTarget).get('waitingFor')
    const waitingFor = CHOICES.find(([word]) => word === chosen)?.[0] ?? 'person'
    changer.change({ state: 'waiting', waitingFor })
    onClose()
  }
  return (
    <Dialog open onClose={onClose} title="What does the ticket wait for?">
      <form className={styles.form} onSubmit={submit}>
        <fieldset className={styles.choices}>
          <legend className={styles.hint}>
            A reply of the person or the on-site person makes it the desk’s move again.
          </legend>
          {CHOICES.map(([word, label]) => (
            <label key={word} className={styles.choice}>
              <input
                type="radio"
                name="waitingFor"
                value={word}
                defaultChecked={word === (ticket.waitingFor ?? 'person')}
              />
              {label}
            </label>
          ))}
        </fieldset>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Wait
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
