import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { apiSend, rememberCsrfToken } from '../api/client.ts'
import { SESSION_KEY } from '../api/session.ts'
import type { SessionView } from '../api/types.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Problem } from '../ui/notice.tsx'
import styles from './sign-in.module.css'

/** E-mail and password. */
export function SignIn() {
  const queries = useQueryClient()
  const signIn = useMutation({
    mutationFn: (who: { email: string; password: string }) => apiSend<SessionView>('POST', '/api/session', who),
    onSuccess: (session) => {
      rememberCsrfToken(session.csrfToken)
      queries.setQueryData(SESSION_KEY, session)
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    signIn.mutate({ email: String(form.get('email')), password: String(form.get('password')) })
  }
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <h1>Sign in to AskFirst</h1>
        <p className={styles.lead}>Remote diagnostics that ask first.</p>
        <Problem error={signIn.error} />
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        <Button type="submit" look="primary" disabled={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
