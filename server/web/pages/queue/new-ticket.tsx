import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import { usePriorityMatrix } from '../../api/settings.ts'
import { rememberTicket } from '../../api/tickets.ts'
import type { Grade, TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import type { PickedDevice } from '../../ui/device-picker.tsx'
import { DevicePicker } from '../../ui/device-picker.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import { GradeField } from '../../ui/grade-field.tsx'
import { LanguageField } from '../../ui/language-field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { IMPACT_WORDS, PriorityBadge, URGENCY_WORDS } from '../../ui/words.tsx'
import styles from './new-ticket.module.css'

/** The form for a ticket that somebody reported by phone or in person. */
export function NewTicket({
  open,
  onClose,
  onOpened,
}: {
  readonly open: boolean
  readonly onClose: () => void
  readonly onOpened: (ticket: TicketView) => void
}) {
  return (
    <Dialog open={open} onClose={onClose} title="New ticket">
      <Form onClose={onClose} onOpened={onOpened} />
    </Dialog>
  )
}

function Form({
  onClose,
  onOpened,
}: {
  readonly onClose: () => void
  readonly onOpened: (ticket: TicketView) => void
}) {
  const queries = useQueryClient()
  const matrix = usePriorityMatrix()
  const [devices, setDevices] = useState<readonly PickedDevice[]>([])
  const [impact, setImpact] = useState<Grade>('low')
  const [urgency, setUrgency] = useState<Grade>('medium')
  const create = useMutation({
    mutationFn: (ticket: object) => apiSend<TicketView>('POST', '/api/tickets', ticket),
    onSuccess: (ticket) => {
      rememberTicket(queries, ticket)
      onOpened(ticket)
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    create.mutate({
      title: text('title'),
      description: text('description'),
      requesterName: text('requester'),
      requesterEmail: text('email') === '' ? null : text('email'),
      requesterLanguage: text('language') === '' ? null : text('language'),
      deviceIds: devices.map(({ id }) => id),
      impact,
      urgency,
    })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Problem error={create.error} />
      <TextField label="Title" name="title" hint="What is wrong, in a few words." maxLength={200} required />
      <TextArea label="Description" name="description" rows={3} maxLength={20_000} />
      <div className={styles.pair}>
        <TextField label="Requester" name="requester" maxLength={200} required />
        <TextField label="Requester's e-mail" name="email" type="email" maxLength={254} />
      </div>
      <LanguageField
        label="Language of mails to the requester"
        name="language"
        saved={null}
        none="as is known of them"
      />
      <DevicePicker picked={devices} onChange={setDevices} />
      <div className={styles.pair}>
        <GradeField label="Impact" grade={impact} words={IMPACT_WORDS} onChange={setImpact} />
        <GradeField label="Urgency" grade={urgency} words={URGENCY_WORDS} onChange={setUrgency} />
      </div>
      <p className={styles.priority} aria-live="polite">
        {matrix === null ? null : (
          <>
            Priority <PriorityBadge priority={matrix[impact][urgency]} /> by the matrix
          </>
        )}
      </p>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={create.isPending}>
          Open ticket
        </Button>
      </DialogActions>
    </form>
  )
}
