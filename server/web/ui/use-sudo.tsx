import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ApiProblem } from '../api/problem.ts'
import { Button } from './button.tsx'
import { Dialog, DialogActions } from './dialog.tsx'
import { TextField } from './field.tsx'
import { Problem } from './notice.tsx'

type Work = (confirmed: { readonly password?: string }) => Promise<void>

/** Does something that the server may want the password for, and asks for it only then. */
export function useSudo(): { readonly run: (work: Work) => Promise<void>; readonly dialog: ReactNode } {
  const [waiting, setWaiting] = useState<Work | null>(null)
  const [error, setError] = useState<unknown>(null)
  const run = async (work: Work) => {
    try {
      await work({})
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || problem.code !== 'PASSWORD_NEEDED') throw problem
      setError(null)
      setWaiting(() => work)
    }
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password'))
    waiting?.({ password }).then(() => setWaiting(null), setError)
  }
  const dialog = (
    <Dialog open={waiting !== null} onClose={() => setWaiting(null)} title="Is it still you?">
      <form onSubmit={submit}>
        <p>You signed in more than ten minutes ago. Type your password to go on.</p>
        <Problem error={error} />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        <DialogActions>
          <Button onClick={() => setWaiting(null)}>Cancel</Button>
          <Button type="submit" look="primary">
            Go on
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
  return { run, dialog }
}
