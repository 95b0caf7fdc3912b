import { useState } from 'react'
import type { Days, FiguresView } from '../../api/figures.ts'
import { figuresFile, useFigures } from '../../api/figures.ts'
import { useMay } from '../../api/session.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { buttonClass } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import desk from '../desk.module.css'
import { FigureCard } from './figure-card.tsx'
import styles from './figures.module.css'
import { lastDays, PeriodChoice } from './period-choice.tsx'
import { CausesFigure, ConsentFigure, FlowFigure, OpenFigure, SatisfactionFigure } from './plots.tsx'
import { EscalatedFigure, ShareFigure } from './shares.tsx'
import { TimesFigure } from './times-figure.tsx'

const DEFAULT_DAYS = 30

/** How the desk did: plots for leads, each with its numbers, its meaning and its file. */
export function Figures() {
  const mayRead = useMay('figures.read')
  if (mayRead) return <AllFigures />
  return (
    <>
      <PageTitle title="Figures" />
      <Empty title="There is nothing here for you">Leads, admins and auditors see how the desk did.</Empty>
    </>
  )
}

function AllFigures() {
  const [days, setDays] = useState(() => lastDays(DEFAULT_DAYS))
  const { data, error, isPending } = useFigures(days)
  return (
    <>
      <PageTitle title="Figures">
        <a className={buttonClass({ small: true })} href={figuresFile(days)} download>
          All as CSV
        </a>
      </PageTitle>
      <div className={desk.stack}>
        <PeriodChoice days={days} onDays={setDays} />
        <p className={desk.soft}>Days are whole and in UTC; times count nights and weekends.</p>
        <Problem error={error} />
        {isPending ? <Loading what="Counting" /> : null}
        {data === undefined ? null : <Dashboard figures={data} days={days} />}
      </div>
    </>
  )
}

function Dashboard({ figures, days }: { readonly figures: FiguresView; readonly days: Days }) {
  const of = { figures, days }
  return (
    <div className={styles.board}>
      <FigureCard {...of} name="flow" wide>
        <FlowFigure figures={figures} />
      </FigureCard>
      <FigureCard {...of} name="open">
        <OpenFigure figures={figures} />
      </FigureCard>
      <FigureCard {...of} name="first-response">
        <TimesFigure times={figures.firstResponse} label="First response by priority">
          {figures.unanswered === 0 ? null : `${figures.unanswered} without a response so far`}
        </TimesFigure>
      </FigureCard>
      <FigureCard {...of} name="resolution">
        <TimesFigure times={figures.resolution} label="Resolution by priority" />
      </FigureCard>
      <FigureCard {...of} name="first-contact">
        <ShareFigure share={figures.firstContact} of="resolved" />
      </FigureCard>
      <FigureCard {...of} name="reopened">
        <ShareFigure share={figures.reopened} of="resolved" />
      </FigureCard>
      <FigureCard {...of} name="escalated">
        <EscalatedFigure figures={figures} />
      </FigureCard>
      <FigureCard {...of} name="consent">
        <ConsentFigure figures={figures} />
      </FigureCard>
      <FigureCard {...of} name="satisfaction">
        <SatisfactionFigure figures={figures} />
      </FigureCard>
      <FigureCard {...of} name="causes">
        <CausesFigure figures={figures} />
      </FigureCard>
      <FigureCard {...of} name="prevention">
        <ShareFigure share={figures.prevention} of="resolved" />
      </FigureCard>
    </div>
  )
}
