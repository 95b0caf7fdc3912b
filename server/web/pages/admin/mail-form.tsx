import { LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { apiSend } from '../../api/client.ts'
import type { MailSettingsView, SettingsView } from '../../api/desk.ts'
import { SETTINGS_KEY } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

/** Who is written to by e-mail. */
export function MailForm({ saved }: { readonly saved: MailSettingsView }) {
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (mail: MailSettingsView) => apiSend<SettingsView>('PATCH', '/api/settings', { mail }),
    onSuccess: (settings) => queries.setQueryData(SETTINGS_KEY, settings),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    // The options below are these values.
    const people = String(form.get('people')) as MailSettingsView['people']
    save.mutate({ people, language: String(form.get('language')) })
  }
  return (
    <section className={styles.card} aria-labelledby="mail-heading">
      <h2 id="mail-heading">E-mail to people</h2>
      <p className={styles.soft}>
        Counts once the server’s configuration names a mail server (mailFrom and smtpHost); until then no mail is
        written.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <Problem error={save.error} />
        <SelectField
          label="Who gets messages by e-mail"
          hint="Only people whose ticket has an e-mail address."
          name="people"
          defaultValue={saved.people}
        >
          <option value="without-agent">people whose ticket has no device</option>
          <option value="everybody">everybody</option>
          <option value="nobody">nobody</option>
        </SelectField>
        <SelectField label="Language of mails" name="language" defaultValue={saved.language}>
          {LANGUAGES.map((code) => (
            <option key={code} value={code}>
              {wordsOf(code).name}
            </option>
          ))}
        </SelectField>
        <div className={styles.row}>
          <Button type="submit" look="primary" disabled={save.isPending}>
            Save e-mail
          </Button>
          <span className={styles.soft} role="status">
            {save.isSuccess ? 'Saved.' : ''}
          </span>
        </div>
      </form>
    </section>
  )
}
