import { useMutation, useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiSend } from '../api/client.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice, Problem } from '../ui/notice.tsx'
import styles from './sign-in.module.css'

interface Invited {
  readonly email: string
  readonly name: string
  readonly organisation: string
}

/** A person with a one-time link chooses a password. */
export function Invitation() {
  // After `#`, so that it is in no log on the way.
  const [token] = useState(() => location.hash.slice(1))
  const invited = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => apiSend<Invited>('POST', '/api/invitations/check', { token }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const accept = useMutation({
    mutationFn: (password: string) => apiSend('POST', '/api/invitations/accept', { token, password }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    accept.mutate(String(new FormData(event.currentTarget).get('password')))
  }
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <h1>Welcome to AskFirst</h1>
        {invited.isPending ? <Loading /> : null}
        <Problem error={invited.error ?? accept.error} />
        {invited.data === undefined || accept.isSuccess ? null : (
          <>
            <p>
              {invited.data.organisation} invites {invited.data.name}. Choose a password for <b>{invited.data.email}</b>
              .
            </p>
            <input type="hidden" name="username" autoComplete="username" value={invited.data.email} readOnly />
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
            <Button type="submit" look="primary" disabled={accept.isPending}>
              Set the password
            </Button>
          </>
        )}
        {accept.isSuccess ? <Notice tone="good">Your password is set. Sign in with it now.</Notice> : null}
        {invited.isPending ? null : <a href="/">To the sign-in</a>}
      </form>
    </main>
  )
}
