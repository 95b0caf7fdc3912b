import { useQueryClient } from '@tanstack/react-query'
import { Suspense, useEffect } from 'react'
import { Route, Switch } from 'wouter'
import { whenSignedOut } from './api/client.ts'
import { SESSION_KEY, SessionContext, useSessionQuery } from './api/session.ts'
import { SignIn } from './pages/sign-in.tsx'
import { PAGES } from './pages.ts'
import { PageTitle } from './shell/page-title.tsx'
import { Shell } from './shell/shell.tsx'
import { Loading } from './ui/loading.tsx'
import { Empty, Problem } from './ui/notice.tsx'

/** Everything: the sign-in, and the pages behind it. */
export function App() {
  const queries = useQueryClient()
  const { data: session, error, isPending } = useSessionQuery()
  useEffect(() => whenSignedOut(() => queries.setQueryData(SESSION_KEY, null)), [queries])
  if (isPending) return <Loading />
  if (session === undefined) return <Problem error={error} />
  if (session === null) return <SignIn />
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
