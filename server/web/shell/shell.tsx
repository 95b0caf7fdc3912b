import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useEffect } from 'react'
import { Link, useLocation } from 'wouter'
import { apiSend, rememberCsrfToken } from '../api/client.ts'
import { live, useLiveState } from '../api/live.ts'
import { SESSION_KEY, useSession } from '../api/session.ts'
import { Palette } from '../palette/palette.tsx'
import { Button } from '../ui/button.tsx'
import { NAV } from './nav-entries.ts'
import styles from './shell.module.css'
import { ThemeChoice } from './theme-choice.tsx'

/** What stands around every page: skip link, menu, who is signed in, and whether the page is live. */
export function Shell({ children }: { readonly children: ReactNode }) {
  useEffect(() => {
    live.open()
    return () => live.close()
  }, [])
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        To the content
      </a>
      <header className={styles.bar}>
        <Link className={styles.brand ?? ''} href="/">
          AskFirst
        </Link>
        <MainMenu />
        <div className={styles.end}>
          <Palette />
          <ThemeChoice />
          <Who />
        </div>
      </header>
      <LiveBanner />
      <main className={styles.main} id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}

function MainMenu() {
  const { permissions } = useSession()
  const [location] = useLocation()
  const shown = NAV.filter(({ permission }) => permission === undefined || permissions.includes(permission))
  return (
    <nav className={styles.menu} aria-label="Main">
      {shown.map(({ path, label, icon: Icon, Badge }) => (
        <Link key={path} href={path} {...(isWithin(location, path) ? { 'aria-current': 'page' as const } : {})}>
          <Icon aria-hidden="true" size={18} />
          {label}
          {Badge === undefined ? null : <Badge />}
        </Link>
      ))}
    </nav>
  )
}

function isWithin(location: string, path: string): boolean {
  if (path === '/') return location === '/' || location.startsWith('/tickets/')
  return location === path || location.startsWith(`${path}/`)
}

function Who() {
  const queries = useQueryClient()
  const { user, role } = useSession()
  const signOut = async () => {
    await apiSend('DELETE', '/api/session')
    rememberCsrfToken(null)
    queries.setQueryData(SESSION_KEY, null)
    // Nothing of what this person saw stays for the next one at this browser.
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] })
  }
  return (
    <div className={styles.who}>
      <Link className={styles.name ?? ''} href="/account">
        {user.name} <span className={styles.role}>{role}</span>
      </Link>
      <Button small look="quiet" onClick={() => void signOut()}>
        Sign out
      </Button>
    </div>
  )
}

/** Says when the live connection is away; what is on screen stays usable. */
function LiveBanner() {
  const state = useLiveState()
  return (
    <div className={styles.live} role="status" data-lost={state === 'lost'}>
      {state === 'lost' ? 'The live connection was lost. It comes back by itself, and nothing is missed.' : null}
    </div>
  )
}
