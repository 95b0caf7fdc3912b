import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { apiSend } from '../../api/client.ts'
import type { MadeEnrolmentCode } from '../../api/desk.ts'
import { Button } from '../../ui/button.tsx'
import { DialogActions } from '../../ui/dialog.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

/** The form for a new enrolment code. */
export function NewCode({
  onMade,
  onCancel,
}: {
  readonly onMade: (made: MadeEnrolmentCode) => void
  readonly onCancel?: () => void
}) {
  const make = useMutation({
    mutationFn: (body: object) => apiSend<MadeEnrolmentCode>('POST', '/api/enrolment-tokens', body),
    onSuccess: onMade,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    make.mutate({
      label: form.get('label'),
      maxUses: Number(form.get('maxUses')),
      hours: Number(form.get('hours')),
      approves: form.get('approves') === 'on',
    })
  }
  return (
    <form className={styles.stack} onSubmit={submit}>
      <Problem error={make.error} />
      <TextField
        label="Label"
        hint="For you: which machines, or who gets the code."
        name="label"
        maxLength={200}
        autoComplete="off"
        required
      />
      <div className={styles.filters}>
        <TextField
          label="For how many machines"
          name="maxUses"
          type="number"
          min={1}
          max={10_000}
          defaultValue={1}
          required
        />
        <SelectField label="Works for" name="hours" defaultValue="24">
          <option value="1">an hour</option>
          <option value="24">a day</option>
          <option value="168">a week</option>
          <option value="720">30 days</option>
          <option value="8760">a year</option>
        </SelectField>
      </div>
      <label className={styles.check}>
        <input type="checkbox" name="approves" />
        <span>
          Approve devices at once
          <span className={styles.sub}>
            Otherwise each waits until an admin approves it, so that a stolen code alone lets nobody in.
          </span>
        </span>
      </label>
      <DialogActions>
        {onCancel === undefined ? null : <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" look="primary" disabled={make.isPending}>
          Make the code
        </Button>
      </DialogActions>
    </form>
  )
}
