import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { Route, Switch } from 'wouter'
import { whenSignedOut } from './api/client.ts'
import { SESSION_KEY, SessionContext, useSessionQuery } from './api/session.ts'
import { FactorGate } from './pages/factor-gate.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { PAGES } from './pages.ts'
import { PageTitle } from './shell/page-title.tsx'
import { Shell } from './shell/shell.tsx'
import { Loading } from './ui/loading.tsx'
import { Empty, Problem } from './ui/notice.tsx'

const SetUp = lazy(() => import('./pages/setup/set-up.tsx').then((part) => ({ default: part.SetUp })))
const Invitation = lazy(() => import('./pages/invitation.tsx').then((part) => ({ default: part.Invitation })))

/** Everything: the pages for who cannot sign in yet, the sign-in, and the pages behind it. */
export function App() {
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        <Route path="/setup" component={SetUp} />
        <Route path="/invitation" component={Invitation} />
        <Route>
          <SignedIn />
        </Route>
      </Switch>
    </Suspense>
  )
}

function SignedIn() {
  const queries = useQueryClient()
  const { data: session, error, isPending } = useSessionQuery()
  useEffect(() => whenSignedOut(() => queries.setQueryData(SESSION_KEY, null)), [queries])
  if (isPending) return <Loading />
  if (session === undefined) return <Problem error={error} />
  if (session === null) return <SignIn />
  if (session.mustSetUpFactor) return <FactorGate />
  return (
    <SessionContext value={session}>
      <Shell>
        <Pages />
      </Shell>
    </SessionContext>
  )
}

function Pages() {
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        {PAGES.map(({ path, Page }) => (
          <Route key={path} path={path} component={Page} />
        ))}
        <Route>
          <PageTitle title="Not found" />
          <Empty title="There is no such page">
            <a href="/">To the queue</a>
          </Empty>
        </Route>
      </Switch>
    </Suspense>
  )
}
