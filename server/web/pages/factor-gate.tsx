import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { apiSend, rememberCsrfToken } from '../api/client.ts'
import { SESSION_KEY } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import styles from './desk.module.css'
import { Factors } from './factors/factors.tsx'

/** Stands before every page while a second factor is asked for and there is none. */
export function FactorGate() {
  const queries = useQueryClient()
  useEffect(() => {
    document.title = 'Second factor - AskFirst'
  }, [])
  const signOut = async () => {
    await apiSend('DELETE', '/api/session')
    rememberCsrfToken(null)
    queries.setQueryData(SESSION_KEY, null)
  }
  return (
    <main className={styles.centre}>
      <div className={styles.sheet}>
        <div className={styles.between}>
          <h1>Set up a second factor</h1>
          <Button small look="quiet" onClick={() => void signOut()}>
            Sign out
          </Button>
        </div>
        <p>
          Your organisation asks for more than a password. Choose an authenticator app or a passkey; it takes a minute,
          and then you go on.
        </p>
        <h2 className="visually-hidden">Ways to protect your account</h2>
        <Factors onFirst={() => void queries.invalidateQueries({ queryKey: SESSION_KEY })} />
      </div>
    </main>
  )
}
