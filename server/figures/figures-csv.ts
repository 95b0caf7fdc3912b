import { csvRow } from '../csv.ts'
import type { FigureName, Figures, Share, TimesByPriority, TimesTaken } from './figures.ts'
import { HOW_COUNTED } from './how-counted.ts'

/** One number of a figure: of what it is, and what it measures. */
type Measured = readonly [group: string, measure: string, value: number | null]

const HEAD = ['figure', 'title', 'from', 'to', 'group', 'measure', 'value'] as const

/** Figures as lines of CSV, one number each, so that any of them can be filtered for; null leaves the value empty. */
export function figuresCsv(figures: Figures, names: readonly FigureName[]): string {
  const lines = names.flatMap((name) =>
    MEASURES[name](figures).map(([group, measure, value]) =>
      csvRow([name, HOW_COUNTED[name].title, figures.from, figures.to, group, measure, value]),
    ),
  )
  return [csvRow(HEAD), ...lines].join('')
}

const MEASURES: Readonly<Record<FigureName, (figures: Figures) => readonly Measured[]>> = {
  open: ({ open }) =>
    open.map(({ priority, level, count }) => [`priority ${priority}, level ${level}`, 'tickets', count]),
  flow: ({ flow }) =>
    flow.flatMap(({ day, opened, resolved }): Measured[] => [
      [day, 'opened', opened],
      [day, 'resolved', resolved],
    ]),
  'first-response': ({ firstResponse, unanswered }) => [
    ...timesMeasures(firstResponse),
    ['all', 'without response', unanswered],
  ],
  resolution: ({ resolution }) => timesMeasures(resolution),
  'first-contact': ({ firstContact }) => shareMeasures(firstContact),
  reopened: ({ reopened }) => shareMeasures(reopened),
  escalated: ({ escalated, escalations }) => [
    ...shareMeasures(escalated),
    ...escalations.map(({ name, count }): Measured => [name, 'escalations', count]),
  ],
  consent: ({ consent }) => consent.map(({ answer, count }) => [answer, 'requests', count]),
  satisfaction: ({ satisfaction }) => satisfaction.map(({ choice, count }) => [choice, 'answers', count]),
  causes: ({ causes }) => causes.map(({ rule, tickets }) => [rule, 'tickets', tickets]),
  prevention: ({ prevention }) => shareMeasures(prevention),
}

function timesMeasures({ all, byPriority }: TimesByPriority): Measured[] {
  return [
    ...timeMeasures('all', all),
    ...byPriority.flatMap((times) => timeMeasures(`priority ${times.priority}`, times)),
  ]
}

function timeMeasures(group: string, { count, medianMs, p90Ms }: TimesTaken): Measured[] {
  return [
    [group, 'tickets', count],
    [group, 'median in ms', medianMs],
    [group, 'p90 in ms', p90Ms],
  ]
}

function shareMeasures({ count, of }: Share): Measured[] {
  return [
    ['all', 'tickets', count],
    ['all', 'of tickets', of],
  ]
}
