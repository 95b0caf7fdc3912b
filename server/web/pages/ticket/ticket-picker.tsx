import { useId, useState } from 'react'
import { useFoundTickets } from '../../api/links.ts'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { stateWord } from '../../ui/words.tsx'
import styles from './close-ticket.module.css'

/** Finds another ticket by number or words and chooses it. */
export function TicketPicker({
  label,
  notId,
  chosen,
  onChoose,
}: {
  readonly label: string
  /** The ticket that is not offered. */
  readonly notId: string
  readonly chosen: string | null
  readonly onChoose: (id: string) => void
}) {
  const name = useId()
  const [words, setWords] = useState('')
  const { data = [], error } = useFoundTickets(words)
  const found = data.filter(({ id }) => id !== notId)
  return (
    <div className={styles.form}>
      <TextField
        label={label}
        hint="Number, or words of its title or requester."
        type="search"
        value={words}
        maxLength={200}
        onChange={({ target }) => setWords(target.value)}
      />
      <Problem error={error} />
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">Tickets found</legend>
        {found.map(({ id, number, title, state }) => (
          <label key={id} className={styles.choice}>
            <input type="radio" name={name} value={id} checked={id === chosen} onChange={() => onChoose(id)} />#{number}{' '}
            {title} ({stateWord(state)})
          </label>
        ))}
      </fieldset>
      <p className={styles.hint} role="status">
        {words.trim() !== '' && found.length === 0 ? 'Nothing found.' : ''}
      </p>
    </div>
  )
}
