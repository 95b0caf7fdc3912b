import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AppointmentView } from '../../api/asks.ts'
import { asksKey, useMyAppointments } from '../../api/asks.ts'
import { apiSend } from '../../api/client.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { spanText } from './ask-words.ts'
import styles from './asked-person.module.css'

const MAX_TIMES = 6
const MINUTES = [15, 30, 45, 60, 90, 120, 240] as const
const MINUTE_MS = 60_000

/** A time as it is typed; none is ever taken out, so that its number stays its name. */
interface Start {
  readonly id: number
  readonly value: string
}

interface Span {
  readonly from: string
  readonly until: string
}

/** Offers up to six times to the person, in the technician's own time zone. */
export function ProposeDialog({ ticket, onClose }: { readonly ticket: TicketView; readonly onClose: () => void }) {
  const [what, setWhat] = useState('')
  const [place, setPlace] = useState('')
  const [minutes, setMinutes] = useState(30)
  const [starts, setStarts] = useState<readonly Start[]>([{ id: 1, value: '' }])
  const mine = useMyAppointments()
  const queries = useQueryClient()
  const times = starts.flatMap(({ value }) => spanOf(value, minutes) ?? [])
  const send = useMutation({
    mutationFn: () =>
      apiSend('POST', `/api/tickets/${ticket.id}/appointments`, {
        what: what.trim(),
        times,
        ...(place.trim() === '' ? {} : { place: place.trim() }),
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: asksKey(ticket.id) })
      onClose()
    },
  })
  const setStart = (id: number, value: string) =>
    setStarts(starts.map((start) => (start.id === id ? { id, value } : start)))
  return (
    <Dialog open onClose={onClose} title="Propose times">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate()
        }}
      >
        <TextField
          label="What for"
          hint="The person reads this."
          required
          maxLength={300}
          value={what}
          onChange={({ target }) => setWhat(target.value)}
        />
        <TextField
          label="Where, if it matters"
          maxLength={200}
          value={place}
          onChange={({ target }) => setPlace(target.value)}
        />
        <SelectField label="How long" value={minutes} onChange={({ target }) => setMinutes(Number(target.value))}>
          {MINUTES.map((count) => (
            <option key={count} value={count}>
              {count} minutes
            </option>
          ))}
        </SelectField>
        {starts.map(({ id, value }) => (
          <TextField
            key={id}
            label={`Time ${id}`}
            type="datetime-local"
            required={id === 1}
            value={value}
            hint={conflictText(spanOf(value, minutes), mine)}
            onChange={({ target }) => setStart(id, target.value)}
          />
        ))}
        <p className={styles.soft}>
          Times are in your time zone, {new Intl.DateTimeFormat().resolvedOptions().timeZone}; the person sees them in
          theirs. They can answer until the first of them begins.
        </p>
        <Problem error={send.error} />
        <DialogActions>
          {starts.length < MAX_TIMES ? (
            <Button onClick={() => setStarts([...starts, { id: starts.length + 1, value: '' }])}>Add a time</Button>
          ) : null}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={send.isPending || times.length === 0 || what.trim() === ''}>
            Send to the person
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function spanOf(start: string, minutes: number): Span | null {
  const beginMs = start === '' ? Number.NaN : new Date(start).getTime()
  if (Number.isNaN(beginMs)) return null
  return {
    from: new Date(beginMs).toISOString(),
    until: new Date(beginMs + minutes * MINUTE_MS).toISOString(),
  }
}

/** Says so when the technician has agreed to something else then; they may offer it all the same. */
function conflictText(span: Span | null, mine: readonly AppointmentView[]): string | undefined {
  const other = span === null ? undefined : mine.find(({ from, until }) => from < span.until && until > span.from)
  return other === undefined ? undefined : `You have an appointment then: ${other.what} (${spanText(other)})`
}
