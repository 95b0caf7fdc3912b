import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { BYTE_ORDER_MARK } from '../csv.ts'
import type { FigureService } from '../figures/figure-service.ts'
import type { Figures } from '../figures/figures.ts'
import { CONSENT_ANSWERS, FEEDBACK, FIGURE_NAMES } from '../figures/figures.ts'
import { figuresCsv } from '../figures/figures-csv.ts'
import { HOW_COUNTED } from '../figures/how-counted.ts'
import { closed, orNull } from './fields.ts'

const Day = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' })
/** First and last day of the period, both included, in UTC; absent: the last 30 days. */
const days = { from: Type.Optional(Day), to: Type.Optional(Day) }
const Share = Type.Object({ count: Count, of: Count })
const taken = {
  count: Count,
  medianMs: orNull(Type.Number()),
  p90Ms: orNull(Type.Number()),
}
const TimesByPriority = Type.Object({
  all: Type.Object(taken),
  byPriority: Type.Array(Type.Object({ priority: Type.Integer(), ...taken })),
})
const FiguresView = Type.Object({
  from: Instant,
  to: Instant,
  /** What each figure means. */
  howCounted: Type.Record(Type.Enum([...FIGURE_NAMES]), Type.Object({ title: Type.String(), counted: Type.String() })),
  open: Type.Array(
    Type.Object({
      priority: Type.Integer(),
      level: Type.Integer(),
      count: Count,
    }),
  ),
  flow: Type.Array(Type.Object({ day: Day, opened: Count, resolved: Count })),
  firstResponse: TimesByPriority,
  unanswered: Count,
  resolution: TimesByPriority,
  firstContact: Share,
  reopened: Share,
  escalated: Share,
  escalations: Type.Array(Type.Object({ name: Type.String(), count: Count })),
  consent: Type.Array(Type.Object({ answer: Type.Enum([...CONSENT_ANSWERS]), count: Count })),
  satisfaction: Type.Array(Type.Object({ choice: Type.Enum([...FEEDBACK]), count: Count })),
  causes: Type.Array(Type.Object({ rule: Type.String(), title: Type.String(), tickets: Count })),
  prevention: Share,
})

/** `/api/figures` and `/api/figures.csv`: how the desk did in a period. */
export function figureRoutes({ figures }: { readonly figures: FigureService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/figures',
      {
        config: { permission: 'figures.read' },
        schema: {
          summary: 'Read the figures of a period',
          querystring: Type.Object(days, closed),
          response: { 200: FiguresView },
        },
      },
      async (request) => view(await figures.of(request.query)),
    )

    app.get(
      '/api/figures.csv',
      {
        config: { permission: 'figures.read' },
        schema: {
          summary: 'Take the figures of a period along as a file',
          /** Without a figure: all of them. */
          querystring: Type.Object({ ...days, figure: Type.Optional(Type.Enum([...FIGURE_NAMES])) }, closed),
          response: {
            200: { content: { 'text/csv': { schema: Type.String() } } },
          },
        },
      },
      async (request, reply) => {
        const { figure, ...wanted } = request.query
        const counted = await figures.of(wanted)
        const name = `askfirst-${figure ?? 'figures'}-${counted.from.slice(0, 10)}.csv`
        return reply
          .header('content-disposition', `attachment; filename="${name}"`)
          .type('text/csv; charset=utf-8')
          .send(`${BYTE_ORDER_MARK}${figuresCsv(counted, figure === undefined ? FIGURE_NAMES : [figure])}`)
      },
    )
  }
}

function view({
  open,
  flow,
  firstResponse,
  resolution,
  escalations,
  consent,
  satisfaction,
  causes,
  ...plain
}: Figures) {
  return {
    ...plain,
    howCounted: HOW_COUNTED,
    open: [...open],
    flow: [...flow],
    firstResponse: {
      all: firstResponse.all,
      byPriority: [...firstResponse.byPriority],
    },
    resolution: { all: resolution.all, byPriority: [...resolution.byPriority] },
    escalations: [...escalations],
    consent: [...consent],
    satisfaction: [...satisfaction],
    causes: [...causes],
  }
}
