import type { FiguresView } from '../../api/figures.ts'
import { counted, PRIORITY_NUMBERS, priorityWord } from '../../ui/words.tsx'
import { BarTable } from './bar-table.tsx'
import { Headline } from './figure-card.tsx'
import { answerWord, NONE, percentText } from './figure-words.ts'
import { FlowChart } from './flow-chart.tsx'

interface OfFigures {
  readonly figures: FiguresView
}
const LEVELS = [
  { level: 1, head: 'L1', tone: 'one' },
  { level: 2, head: 'L2', tone: 'two' },
  { level: 3, head: 'L3', tone: 'three' },
] as const

export function FlowFigure({ figures }: OfFigures) {
  return <FlowChart flow={figures.flow} />
}

/** Open tickets by priority; the parts of a bar are the levels. */
export function OpenFigure({ figures: { open } }: OfFigures) {
  const all = open.reduce((sum, { count }) => sum + count, 0)
  const rows = PRIORITY_NUMBERS.map((priority) => ({
    priority,
    counts: LEVELS.map(({ level }) => open.find((one) => one.priority === priority && one.level === level)?.count ?? 0),
  }))
  const most = Math.max(1, ...rows.map(({ counts }) => sumOf(counts)))
  return (
    <>
      <Headline value={String(all)}>{all === 1 ? 'ticket' : 'tickets'}</Headline>
      <BarTable
        label="Open tickets by priority and level"
        nameHead="Priority"
        heads={LEVELS}
        rows={rows.map(({ priority, counts }) => ({
          key: String(priority),
          name: priorityWord(priority),
          parts: LEVELS.map(({ tone }, at) => ({
            share: (counts[at] ?? 0) / most,
            tone,
          })),
          cells: counts.map(String),
        }))}
      />
    </>
  )
}

export function ConsentFigure({ figures: { consent } }: OfFigures) {
  const all = sumOf(consent.map(({ count }) => count))
  if (all === 0) return <Headline value={NONE}>Nobody was asked.</Headline>
  return (
    <>
      <Headline value={String(all)}>{all === 1 ? 'request' : 'requests'}</Headline>
      <CountTable
        label="Requests for consent by answer"
        nameHead="Answer"
        rows={consent.map(({ answer, count }) => ({
          key: answer,
          name: answerWord(answer),
          count,
        }))}
      />
    </>
  )
}

export function SatisfactionFigure({ figures: { satisfaction } }: OfFigures) {
  const all = sumOf(satisfaction.map(({ count }) => count))
  if (all === 0) return <Headline value={NONE}>Nobody gave feedback.</Headline>
  const good = sumOf(satisfaction.filter(({ choice }) => choice === 'good').map(({ count }) => count))
  return (
    <>
      <Headline value={percentText({ count: good, of: all })}>good, of {counted(all, 'answer')}</Headline>
      <CountTable
        label="Feedback"
        nameHead="The help was"
        rows={satisfaction.map(({ choice, count }) => ({ key: choice, name: FEEDBACK_WORDS[choice], count }))}
      />
    </>
  )
}

const FEEDBACK_WORDS = { good: 'Good', ok: 'All right', bad: 'Bad' } as const

export function CausesFigure({ figures: { causes } }: OfFigures) {
  if (causes.length === 0) return <Headline value={NONE}>No finding was confirmed.</Headline>
  return (
    <CountTable
      label="Confirmed findings by rule"
      nameHead="Cause"
      rows={causes.map(({ rule, title, tickets }) => ({
        key: rule,
        name: title,
        count: tickets,
      }))}
    />
  )
}

function CountTable(props: {
  readonly label: string
  readonly nameHead: string
  readonly rows: readonly {
    readonly key: string
    readonly name: string
    readonly count: number
  }[]
}) {
  const most = Math.max(1, ...props.rows.map(({ count }) => count))
  return (
    <BarTable
      label={props.label}
      nameHead={props.nameHead}
      heads={[{ head: 'Count' }]}
      rows={props.rows.map(({ key, name, count }) => ({
        key,
        name,
        parts: [{ share: count / most, tone: 'one' }],
        cells: [String(count)],
      }))}
    />
  )
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
