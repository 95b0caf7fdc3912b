import type { FormEvent } from 'react'
import type { AlertKind } from '../../api/alerts.ts'
import { useAlerts, useChooseAlerts } from '../../api/alerts.ts'
import { useMay, useSession } from '../../api/session.ts'
import { Button } from '../../ui/button.tsx'
import { LanguageField } from '../../ui/language-field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

const WORDS: readonly (readonly [kind: AlertKind, words: string])[] = [
  ['given', 'A ticket is given to me, or I am asked to take one over'],
  ['reply', 'A person answers in a ticket of mine'],
  ['clock', 'The time of a ticket of mine is nearly over, or over'],
  ['report', 'A person reports a request as suspicious'],
]

/** Of what one is told by mail. */
export function Alerts() {
  const { user } = useSession()
  const isLead = useMay('report.clear')
  const saved = useAlerts()
  const choose = useChooseAlerts()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    // The boxes and options below are these values.
    const kinds = form.getAll('kind') as AlertKind[]
    choose.mutate({ kinds, language: String(form.get('language')) || null })
  }
  return (
    <section className={styles.card} aria-labelledby="alerts-heading">
      <h2 id="alerts-heading">Alerts by e-mail</h2>
      <p className={styles.soft}>
        To {user.email}. A mail says which ticket it is about and why, and no more.
        {saved?.isOn === false ? ' This server has no mail server, so none is sent now.' : null}
      </p>
      {saved === undefined ? null : (
        <form className={styles.form} onSubmit={submit}>
          <Problem error={choose.error} />
          <fieldset className={styles.choices}>
            <legend>Write to me when</legend>
            {WORDS.filter(([kind]) => isLead || kind !== 'report').map(([kind, words]) => (
              <label className={styles.check} key={kind}>
                <input type="checkbox" name="kind" value={kind} defaultChecked={saved.kinds.includes(kind)} />
                {kind === 'clock' && isLead ? `${words}; or one over that the rules put before the leads` : words}
              </label>
            ))}
          </fieldset>
          <LanguageField
            label="Language of these mails"
            name="language"
            saved={saved.language}
            none="the organisation’s language"
          />
          <div className={styles.row}>
            <Button type="submit" disabled={choose.isPending}>
              Save the alerts
            </Button>
            <span role="status" className={styles.soft}>
              {choose.isSuccess ? 'Saved.' : ''}
            </span>
          </div>
        </form>
      )}
    </section>
  )
}
