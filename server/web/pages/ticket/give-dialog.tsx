import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import { offersKey } from '../../api/offers.ts'
import { personText, takersOf, usePeople } from '../../api/people.ts'
import { useLeads, useSession } from '../../api/session.ts'
import { rememberTicket } from '../../api/tickets.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { SelectField, TextArea } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './escalate-dialog.module.css'

interface DialogProps {
  readonly ticket: TicketView
  readonly onClose: () => void
}

/** Gives the ticket to somebody: offered, so that they answer; a lead may assign it, with a reason. */
export function GiveDialog({ ticket, onClose }: DialogProps) {
  const { user } = useSession()
  const mayAssign = useLeads()
  const isOthers = ticket.assigneeId !== null && ticket.assigneeId !== user.id
  const [isAssigned, setAssigned] = useState(isOthers)
  const people = takersOf(usePeople(), ticket.level).filter(({ id }) => id !== user.id && id !== ticket.assigneeId)
  const give = useGive(ticket, onClose)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const words = new FormData(event.currentTarget)
    give.mutate({ to: String(words.get('to')), text: String(words.get('text')).trim(), isAssigned })
  }
  return (
    <Dialog open onClose={onClose} title="Give the ticket to somebody">
      <form className={styles.form} onSubmit={submit}>
        <Problem error={give.error} />
        <SelectField
          label="Whom"
          name="to"
          defaultValue=""
          hint={`Who takes tickets of level ${ticket.level}.`}
          required
        >
          <option value="">Choose somebody</option>
          {people.map((person) => (
            <option key={person.id} value={person.id}>
              {personText(person)}
            </option>
          ))}
        </SelectField>
        {mayAssign && !isOthers ? (
          <label className={styles.check}>
            <input type="checkbox" checked={isAssigned} onChange={({ target }) => setAssigned(target.checked)} />
            <span>Assign it without asking</span>
          </label>
        ) : null}
        {isAssigned ? (
          <TextArea
            key="reason"
            label="Why without asking"
            name="text"
            hint="They read it, and it stands in the log. 3 to 500 characters."
            rows={3}
            minLength={3}
            maxLength={500}
            required
          />
        ) : (
          <TextArea key="note" label="What they should know (optional)" name="text" rows={3} maxLength={4_000} />
        )}
        <p className={styles.note}>
          {isAssigned ? ASSIGNED : ticket.assigneeId === null ? FREE : OWN} {PERMISSIONS}
        </p>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={give.isPending}>
            {isAssigned ? 'Assign it' : 'Offer it'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

const OWN = 'You keep the ticket until they accept.'
const FREE = 'Nobody has the ticket until they accept.'
const ASSIGNED = 'It is theirs at once, and they are told.'
const PERMISSIONS = 'Permissions of the person do not go with it: the next one asks again, in their own name.'

function useGive(ticket: TicketView, onClose: () => void) {
  const queries = useQueryClient()
  const path = `/api/tickets/${ticket.id}`
  return useMutation({
    mutationFn: async (wish: { readonly to: string; readonly text: string; readonly isAssigned: boolean }) => {
      const { to, text, isAssigned } = wish
      if (isAssigned) {
        const change = { version: ticket.version, assigneeId: to, assignReason: text }
        rememberTicket(queries, await apiSend<TicketView>('PATCH', path, change))
      } else await apiSend('POST', `${path}/offers`, { toUserId: to, note: text })
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: offersKey(ticket.id) })
      onClose()
    },
  })
}
