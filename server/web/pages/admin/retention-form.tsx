import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { apiSend } from '../../api/client.ts'
import type { RetentionRuleView, SettingsView } from '../../api/desk.ts'
import { SETTINGS_KEY } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

/** When rows and files of closed tickets are deleted. */
export function RetentionForm({ saved }: { readonly saved: RetentionRuleView }) {
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (retention: RetentionRuleView) => apiSend<SettingsView>('PATCH', '/api/settings', { retention }),
    onSuccess: (settings) => queries.setQueryData(SETTINGS_KEY, settings),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    save.mutate({ isOn: form.get('isOn') === 'on', closedDays: Number(form.get('closedDays')) })
  }
  return (
    <section className={styles.card} aria-labelledby="retention-heading">
      <h2 id="retention-heading">Deleting old rows and files</h2>
      <p className={styles.soft}>
        Once a day, rows and files of tickets that were closed long enough are deleted for good. What people signed, the
        logs and all digests stay, and exports still verify. Leads can put a ticket on legal hold.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <Problem error={save.error} />
        <label className={styles.check}>
          <input type="checkbox" name="isOn" defaultChecked={saved.isOn} />
          Delete rows and files of closed tickets
        </label>
        <TextField
          label="Days after the last change of a closed ticket"
          name="closedDays"
          type="number"
          min={1}
          max={3_650}
          defaultValue={saved.closedDays}
          required
        />
        <div className={styles.row}>
          <Button type="submit" disabled={save.isPending}>
            Save what is deleted
          </Button>
          <span className={styles.soft} role="status">
            {save.isSuccess ? 'Saved.' : ''}
          </span>
        </div>
      </form>
    </section>
  )
}
