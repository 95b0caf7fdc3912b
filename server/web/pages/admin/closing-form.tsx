import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { apiSend } from '../../api/client.ts'
import type { ClosingRulesView, SettingsView } from '../../api/desk.ts'
import { SETTINGS_KEY } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

/** When a ticket ends without an answer, and how long it can come back. */
export function ClosingForm({ saved }: { readonly saved: ClosingRulesView }) {
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (closing: ClosingRulesView) => apiSend<SettingsView>('PATCH', '/api/settings', { closing }),
    onSuccess: (settings) => queries.setQueryData(SETTINGS_KEY, settings),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    save.mutate({ noAnswerDays: Number(form.get('noAnswerDays')), reopenDays: Number(form.get('reopenDays')) })
  }
  return (
    <section className={styles.card} aria-labelledby="closing-heading">
      <h2 id="closing-heading">The end of tickets</h2>
      <form className={styles.form} onSubmit={submit}>
        <Problem error={save.error} />
        <TextField
          label="A resolved ticket without an answer closes after (days)"
          hint="As “no answer”, never as confirmed. Half-way the person is reminded."
          name="noAnswerDays"
          type="number"
          min={1}
          max={90}
          defaultValue={saved.noAnswerDays}
          required
        />
        <TextField
          label="A closed ticket can be opened again for (days)"
          hint="By a lead, or by the technician who had it."
          name="reopenDays"
          type="number"
          min={1}
          max={365}
          defaultValue={saved.reopenDays}
          required
        />
        <div className={styles.row}>
          <Button type="submit" look="primary" disabled={save.isPending}>
            Save the end of tickets
          </Button>
          <span className={styles.soft} role="status">
            {save.isSuccess ? 'Saved.' : ''}
          </span>
        </div>
      </form>
    </section>
  )
}
