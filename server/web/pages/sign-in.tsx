import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import type { FactorKind } from '../api/account.ts'
import { apiGet, apiSend, rememberCsrfToken } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import { SESSION_KEY } from '../api/session.ts'
import type { SessionView } from '../api/types.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Notice, Problem } from '../ui/notice.tsx'
import styles from './sign-in.module.css'
import { SignInFactor } from './sign-in-factor.tsx'

/** E-mail and password, then the second factor where there is one. */
export function SignIn() {
  const [methods, setMethods] = useState<readonly FactorKind[] | null>(null)
  const queries = useQueryClient()
  const signedIn = (session: SessionView) => {
    rememberCsrfToken(session.csrfToken)
    queries.setQueryData(SESSION_KEY, session)
  }
  return (
    <main className={styles.page}>
      {methods === null ? (
        <Password onSignedIn={signedIn} onFactor={setMethods} />
      ) : (
        <SignInFactor methods={methods} onSignedIn={signedIn} onBack={() => setMethods(null)} />
      )}
    </main>
  )
}

function Password({
  onSignedIn,
  onFactor,
}: {
  readonly onSignedIn: (session: SessionView) => void
  readonly onFactor: (methods: readonly FactorKind[]) => void
}) {
  const signIn = useMutation({
    mutationFn: (who: { email: string; password: string }) => apiSend<SessionView>('POST', '/api/session', who),
    onSuccess: onSignedIn,
    onError: (error) => {
      const methods = factorMethods(error)
      if (methods !== null) onFactor(methods)
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    signIn.mutate({ email: String(form.get('email')), password: String(form.get('password')) })
  }
  return (
    <form className={styles.card} onSubmit={submit}>
      <h1>Sign in to AskFirst</h1>
      <p className={styles.lead}>Remote diagnostics that ask first.</p>
      <NewServer />
      <Problem error={factorMethods(signIn.error) === null ? signIn.error : null} />
      <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
      <Button type="submit" look="primary" disabled={signIn.isPending}>
        Sign in
      </Button>
    </form>
  )
}

/** What a server without an admin says: nobody can sign in yet. */
function NewServer() {
  const { data } = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => apiGet<{ needed: boolean }>('/api/setup', {}, signal),
  })
  if (data?.needed !== true) return null
  return (
    <Notice>
      This server is new and has no accounts yet. Open the set-up link that it printed where it was started; it begins
      with <code>{`${location.origin}/setup?token=`}</code>.
    </Notice>
  )
}

function factorMethods(error: unknown): readonly FactorKind[] | null {
  if (!(error instanceof ApiProblem) || error.code !== 'SECOND_FACTOR_REQUIRED') return null
  const { methods } = error.details
  const known: readonly FactorKind[] = ['passkey', 'totp', 'recovery']
  return Array.isArray(methods) ? known.filter((kind) => methods.includes(kind)) : known
}
