import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { apiSend } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { SESSION_KEY, SessionContext, useSessionQuery } from '../../api/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { FirstAdmin } from './first-admin.tsx'
import { FirstAgent } from './first-agent.tsx'
import { FirstCode } from './first-code.tsx'
import { FirstFactor } from './first-factor.tsx'
import { FirstSettings } from './first-settings.tsx'
import own from './set-up.module.css'

const STEPS = ['Your account', 'Organisation', 'Enrolment code', 'First agent'] as const
/** The admin exists from the first screen on; a page that is loaded again goes on where it was. */
const KEY = 'askfirst-set-up'
type Step = 'admin' | 'factor' | 'organisation' | 'code' | 'agent'
const STEP_NUMBERS: Readonly<Record<Step, number>> = { admin: 1, factor: 1, organisation: 2, code: 3, agent: 4 }

/** The first start: four screens behind the link that the server printed. */
export function SetUp() {
  const [token] = useState(new URLSearchParams(useSearch()).get('token') ?? '')
  const [step, setStep] = useState<Step>(storedStep)
  const session = useSessionQuery()
  const link = useQuery({
    queryKey: ['setup', 'link'],
    queryFn: async () => {
      await apiSend('POST', '/api/setup/check', { token })
      return true
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: step === 'admin',
  })
  useEffect(() => {
    document.title = 'Set up - AskFirst'
  }, [])
  const goTo = (next: Step) => {
    sessionStorage.setItem(KEY, next)
    setStep(next)
    window.scrollTo(0, 0)
  }
  if (session.isPending || (step === 'admin' && link.isPending)) return <Loading />
  if (step === 'admin' && !link.isSuccess) return <NoLink error={link.error} />
  if (step !== 'admin' && (session.data === undefined || session.data === null)) return <NoLink error={null} />
  return (
    <SessionContext value={session.data ?? null}>
      <main className={styles.centre}>
        <div className={styles.sheet}>
          <Steps at={STEP_NUMBERS[step]} />
          <Screen step={step} token={token} goTo={goTo} />
        </div>
      </main>
    </SessionContext>
  )
}

function storedStep(): Step {
  const stored = sessionStorage.getItem(KEY)
  return stored === 'factor' || stored === 'organisation' || stored === 'code' || stored === 'agent' ? stored : 'admin'
}

function Screen({
  step,
  token,
  goTo,
}: {
  readonly step: Step
  readonly token: string
  readonly goTo: (step: Step) => void
}) {
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const finish = () => {
    sessionStorage.removeItem(KEY)
    void queries.invalidateQueries({ queryKey: SESSION_KEY })
    navigate('/', { replace: true })
  }
  switch (step) {
    case 'admin':
      return <FirstAdmin token={token} onDone={() => goTo('factor')} />
    case 'factor':
      return <FirstFactor onDone={() => goTo('organisation')} />
    case 'organisation':
      return <FirstSettings onDone={() => goTo('code')} />
    case 'code':
      return <FirstCode onDone={() => goTo('agent')} />
    case 'agent':
      return <FirstAgent onDone={finish} />
  }
}

function Steps({ at }: { readonly at: number }) {
  return (
    <ol className={own.steps} aria-label="Steps of the set-up">
      {STEPS.map((label, index) => (
        <li key={label} {...(index + 1 === at ? { 'aria-current': 'step' as const } : {})} data-done={index + 1 < at}>
          <Badge tone={index + 1 === at ? 'accent' : index + 1 < at ? 'good' : 'plain'}>{index + 1}</Badge>
          <span>{label}</span>
        </li>
      ))}
    </ol>
  )
}

function NoLink({ error }: { readonly error: unknown }) {
  const isDone = error === null || (error instanceof ApiProblem && error.code === 'SETUP_DONE')
  return (
    <main className={styles.centre}>
      <div className={styles.sheet}>
        <h1>Set up AskFirst</h1>
        {isDone ? <Notice>This server is set up already.</Notice> : <Problem error={error} />}
        <p>
          <a href="/">To the sign-in</a>
        </p>
      </div>
    </main>
  )
}
