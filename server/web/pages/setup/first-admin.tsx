import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { apiSend, rememberCsrfToken } from '../../api/client.ts'
import { SESSION_KEY } from '../../api/session.ts'
import type { SessionView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

/** Screen 1: the account of the first admin, signed in at once. */
export function FirstAdmin({ token, onDone }: { readonly token: string; readonly onDone: () => void }) {
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: async ({ email, name, password }: Record<'email' | 'name' | 'password', string>) => {
      await apiSend('POST', '/api/setup', { token, email, name, password })
      return apiSend<SessionView>('POST', '/api/session', { email, password })
    },
    onSuccess: (session) => {
      rememberCsrfToken(session.csrfToken)
      queries.setQueryData(SESSION_KEY, session)
      onDone()
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    create.mutate({
      email: String(form.get('email')),
      name: String(form.get('name')),
      password: String(form.get('password')),
    })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <h1>Welcome. Who runs this server?</h1>
      <p>Create the first admin account. It makes the accounts of everybody else.</p>
      <Problem error={create.error} />
      <TextField label="Your name" name="name" maxLength={200} autoComplete="name" required />
      <TextField label="E-mail" name="email" type="email" maxLength={254} autoComplete="username" required />
      <TextField
        label="Password"
        hint="At least 12 characters. A few words in a row are good."
        name="password"
        type="password"
        minLength={12}
        maxLength={256}
        autoComplete="new-password"
        required
      />
      <div>
        <Button type="submit" look="primary" disabled={create.isPending}>
          Create the admin
        </Button>
      </div>
    </form>
  )
}
