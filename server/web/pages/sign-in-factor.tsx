import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import type { FactorKind } from '../api/account.ts'
import { apiSend } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import type { SessionView } from '../api/types.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Notice, Problem } from '../ui/notice.tsx'
import { passkeysWorkHere, signInWithPasskey } from './factors/passkeys.ts'
import styles from './sign-in.module.css'

const OTHER_WAY: Readonly<Record<FactorKind, string>> = {
  passkey: 'Use a passkey',
  totp: 'Use the authenticator app',
  recovery: 'Use a recovery code',
}

interface FactorProps {
  readonly onSignedIn: (session: SessionView) => void
  readonly onBack: () => void
}

/** The second half of a sign-in. */
export function SignInFactor({ methods, ...props }: FactorProps & { readonly methods: readonly FactorKind[] }) {
  const usable = methods.filter((kind) => kind !== 'passkey' || passkeysWorkHere())
  const [kind, setKind] = useState<FactorKind | undefined>(usable[0])
  return (
    <div className={styles.card}>
      <h1>One more step</h1>
      {kind === undefined ? (
        <Notice tone="warn">
          Your account has only passkeys, and they belong to a name. Open this server by its name, not by an IP address.
        </Notice>
      ) : null}
      {kind === 'passkey' ? <ByPasskey {...props} /> : null}
      {kind === 'totp' || kind === 'recovery' ? <ByCode key={kind} kind={kind} {...props} /> : null}
      <div className={styles.others}>
        {usable
          .filter((other) => other !== kind)
          .map((other) => (
            <Button key={other} look="quiet" small onClick={() => setKind(other)}>
              {OTHER_WAY[other]}
            </Button>
          ))}
        <Button look="quiet" small onClick={props.onBack}>
          Back to the password
        </Button>
      </div>
    </div>
  )
}

function ByCode({ kind, onSignedIn, onBack }: FactorProps & { readonly kind: 'totp' | 'recovery' }) {
  const show = useMutation({
    mutationFn: (code: string) => apiSend<SessionView>('POST', `/api/session/${kind}`, { code }),
    onSuccess: onSignedIn,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    show.mutate(String(new FormData(event.currentTarget).get('code')))
  }
  const app = {
    label: 'Code of the authenticator app',
    hint: 'Six digits; a new code comes every 30 seconds.',
    inputMode: 'numeric' as const,
    autoComplete: 'one-time-code',
  }
  const recovery = {
    label: 'Recovery code',
    hint: 'One of the ten that you kept. Each works once.',
    autoComplete: 'off',
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Problem error={show.error} />
      <TextField {...(kind === 'totp' ? app : recovery)} name="code" maxLength={40} autoFocus required />
      {isOver(show.error) ? (
        <Button look="primary" onClick={onBack}>
          Begin again
        </Button>
      ) : (
        <Button type="submit" look="primary" disabled={show.isPending}>
          Sign in
        </Button>
      )}
    </form>
  )
}

function ByPasskey({ onSignedIn, onBack }: FactorProps) {
  const show = useMutation({ mutationFn: signInWithPasskey, onSuccess: onSignedIn })
  return (
    <div className={styles.form}>
      <p>Your browser asks for your fingerprint, your face, a PIN or your security key.</p>
      <Problem error={show.error} />
      <Button
        look="primary"
        autoFocus
        disabled={show.isPending}
        onClick={() => (isOver(show.error) ? onBack() : show.mutate())}
      >
        {isOver(show.error) ? 'Begin again' : 'Continue with a passkey'}
      </Button>
    </div>
  )
}

function isOver(error: unknown): boolean {
  return error instanceof ApiProblem && (error.code === 'SIGN_IN_EXPIRED' || error.code === 'RATE_LIMITED')
}
