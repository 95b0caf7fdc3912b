import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { apiSend } from '../../api/client.ts'
import { SESSION_KEY, useSession } from '../../api/session.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { ThemeChoice } from '../../shell/theme-choice.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { Factors } from '../factors/factors.tsx'
import { Alerts } from './alerts.tsx'
import { OwnSessions } from './own-sessions.tsx'
import { Tokens } from './tokens.tsx'

/** One's own account. */
export function Account() {
  return (
    <>
      <PageTitle title="Your account" />
      <div className={styles.stack}>
        <div className={styles.columns}>
          <div className={styles.stack}>
            <Profile />
            <PasswordChange />
            <Alerts />
          </div>
          <section className={styles.card} aria-labelledby="factors-heading">
            <h2 id="factors-heading">Second factor</h2>
            <Factors />
          </section>
        </div>
        <OwnSessions />
        <Tokens />
      </div>
    </>
  )
}

function Profile() {
  const { user, role } = useSession()
  const queries = useQueryClient()
  const rename = useMutation({
    mutationFn: (name: string) => apiSend('PATCH', '/api/account', { name }),
    onSuccess: () => queries.invalidateQueries({ queryKey: SESSION_KEY }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    rename.mutate(String(new FormData(event.currentTarget).get('name')))
  }
  return (
    <section className={styles.card} aria-labelledby="profile-heading">
      <h2 id="profile-heading">You</h2>
      <dl className={styles.facts}>
        <dt>E-mail</dt>
        <dd>{user.email}</dd>
        <dt>Role</dt>
        <dd>{role}</dd>
        <dt>Colours</dt>
        <dd>
          <ThemeChoice />
        </dd>
      </dl>
      <form className={styles.form} onSubmit={submit}>
        <Problem error={rename.error} />
        <TextField
          label="Name"
          hint="People who are asked for consent see it."
          name="name"
          defaultValue={user.name}
          maxLength={200}
          autoComplete="name"
          required
        />
        <div className={styles.row}>
          <Button type="submit" disabled={rename.isPending}>
            Save the name
          </Button>
          <span role="status" className={styles.soft}>
            {rename.isSuccess ? 'Saved.' : ''}
          </span>
        </div>
      </form>
    </section>
  )
}

function PasswordChange() {
  const change = useMutation({
    mutationFn: (body: { current: string; password: string }) => apiSend('POST', '/api/account/password', body),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    change.mutate(
      { current: String(form.get('current')), password: String(form.get('password')) },
      { onSuccess: () => element.reset() },
    )
  }
  return (
    <section className={styles.card} aria-labelledby="password-heading">
      <h2 id="password-heading">Password</h2>
      <form className={styles.form} onSubmit={submit}>
        <Problem error={change.error} />
        {change.isSuccess ? (
          <Notice tone="good">The password is changed. Your other sessions have ended.</Notice>
        ) : null}
        <TextField label="Current password" name="current" type="password" autoComplete="current-password" required />
        <TextField
          label="New password"
          hint="At least 12 characters. A few words in a row are good."
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={12}
          maxLength={256}
          required
        />
        <div>
          <Button type="submit" disabled={change.isPending}>
            Change the password
          </Button>
        </div>
      </form>
    </section>
  )
}
