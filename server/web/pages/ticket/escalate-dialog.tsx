import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiGet, apiSend } from '../../api/client.ts'
import type { EscalationDraftView, EscalationView } from '../../api/clock.ts'
import { escalationsKey } from '../../api/clock.ts'
import { personText, takersOf, usePeople } from '../../api/people.ts'
import { ticketKey } from '../../api/tickets.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { CRITERION_WORDS } from '../../ui/clock-words.ts'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { SelectField, TextArea } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './escalate-dialog.module.css'

interface DialogProps {
  readonly ticket: TicketView
  readonly onClose: () => void
}

/** What was chosen or typed; null follows the draft. */
interface Wish {
  readonly criterion: string
  readonly toLevel: number | null
  readonly toUserId: string
  readonly summary: string | null
  readonly message: string | null
  readonly tellsPerson: boolean
}

const START: Wish = {
  criterion: 'lacks-expertise',
  toLevel: null,
  toUserId: '',
  summary: null,
  message: null,
  tellsPerson: true,
}

/** Asks for the ticket to be taken over, with a hand-over out of the log and words for the person. */
export function EscalateDialog({ ticket, onClose }: DialogProps) {
  const [wish, setWish] = useState(START)
  const draft = useDraft(ticket.id, wish.criterion)
  const change = (part: Partial<Wish>) => setWish((before) => ({ ...before, ...part }))
  return (
    <Dialog open onClose={onClose} title="Escalate: ask somebody to take it over" wide>
      <Problem error={draft.error} />
      {draft.data === undefined ? (
        <Loading what="Reading the log" />
      ) : (
        <EscalateForm ticket={ticket} wish={wish} draft={draft.data} onChange={change} onClose={onClose} />
      )}
    </Dialog>
  )
}

function useDraft(ticketId: string, criterion: string) {
  return useQuery({
    queryKey: ['escalation-draft', ticketId, criterion],
    queryFn: ({ signal }) =>
      apiGet<EscalationDraftView>(`/api/tickets/${ticketId}/escalations/draft`, { criterion }, signal),
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
}

interface FormProps extends DialogProps {
  readonly wish: Wish
  readonly draft: EscalationDraftView
  readonly onChange: (part: Partial<Wish>) => void
}

function EscalateForm({ ticket, wish, draft, onChange, onClose }: FormProps) {
  const queries = useQueryClient()
  const summary = wish.summary ?? draft.summary
  const message = wish.message ?? draft.message
  const send = useMutation({
    mutationFn: () =>
      apiSend<EscalationView>('POST', `/api/tickets/${ticket.id}/escalations`, {
        criterion: wish.criterion,
        toLevel: wish.toLevel ?? draft.toLevel,
        toUserId: wish.toUserId === '' ? null : wish.toUserId,
        summary: summary.trim(),
        message: wish.tellsPerson ? message.trim() : null,
      }),
    onSuccess: async () => {
      for (const queryKey of [ticketKey(ticket.id), escalationsKey(ticket.id)])
        await queries.invalidateQueries({ queryKey })
      onClose()
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Problem error={send.error} />
      <Whom ticket={ticket} wish={wish} draft={draft} onChange={onChange} />
      <TextArea
        label="Hand-over"
        hint="Drafted from the log. What the next one must know: facts, what was done and found, what is open."
        rows={9}
        maxLength={20_000}
        value={summary}
        onChange={({ target }) => onChange({ summary: target.value })}
        required
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={wish.tellsPerson}
          onChange={({ target }) => onChange({ tellsPerson: target.checked })}
        />
        <span>Tell the person now</span>
      </label>
      {wish.tellsPerson ? (
        <TextArea
          label="Message to the person"
          hint="They read this on their device, as you leave it here."
          rows={4}
          maxLength={4_000}
          value={message}
          onChange={({ target }) => onChange({ message: target.value })}
          required
        />
      ) : null}
      <p className={styles.note}>
        You keep the ticket until somebody accepts. Permissions of the person do not go with it: the next one asks
        again, in their own name.
      </p>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={send.isPending}>
          {wish.tellsPerson ? 'Ask, and tell the person' : 'Ask'}
        </Button>
      </DialogActions>
    </form>
  )
}

function Whom({ ticket, wish, draft, onChange }: Omit<FormProps, 'onClose'>) {
  const toLevel = wish.toLevel ?? draft.toLevel
  const people = takersOf(usePeople(), toLevel).filter(({ id }) => id !== ticket.assigneeId)
  const levels = [1, 2, 3].filter((level) => level >= ticket.level)
  return (
    <div className={styles.row}>
      <SelectField
        label="Why"
        value={wish.criterion}
        onChange={({ target }) => onChange({ criterion: target.value, toLevel: null, toUserId: '' })}
      >
        {Object.entries(CRITERION_WORDS).map(([criterion, words]) => (
          <option key={criterion} value={criterion}>
            {words}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="To level"
        value={String(toLevel)}
        // Who was chosen may not take tickets of that level.
        onChange={({ target }) => onChange({ toLevel: Number(target.value), toUserId: '' })}
      >
        {levels.map((level) => (
          <option key={level} value={level}>
            {LEVEL_WORDS[level - 1]}
          </option>
        ))}
      </SelectField>
      <SelectField label="Whom" value={wish.toUserId} onChange={({ target }) => onChange({ toUserId: target.value })}>
        <option value="">Anybody of that level</option>
        {people.map((person) => (
          <option key={person.id} value={person.id}>
            {personText(person)}
          </option>
        ))}
      </SelectField>
    </div>
  )
}

const LEVEL_WORDS = ['1: technician', '2: specialist or team lead', '3: senior support or management']
