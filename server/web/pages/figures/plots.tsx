import type { FiguresView } from '../../api/figures.ts'
import { counted, PRIORITY_NUMBERS, priorityWord } from '../../ui/words.tsx'
import { BarTable } from './bar-table.tsx'
import { Headline } from './figure-card.tsx'
import { answerWord, NONE } from './figure-words.ts'
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
  const { average, count, scores } = satisfaction
  if (average === null) return <Headline value={NONE}>Nobody gave feedback.</Headline>
  return (
    <>
      <Headline value={average.toLocaleString('en', { maximumFractionDigits: 1 })}>
        of 5, from {counted(count, 'person').replace('persons', 'people')}
      </Headline>
      <CountTable
        label="Feedback by score"
        nameHead="Score"
        rows={scores
          .map((given, at) => ({
            key: String(at + 1),
            name: String(at + 1),
            count: given,
          }))
          .toReversed()}
      />
    </>
  )
}

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
