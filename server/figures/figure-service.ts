import { RULES } from '../analysis/rules/index.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import type { Figures } from './figures.ts'
import { makeFigures } from './make-figures.ts'
import { periodOf } from './period.ts'

const MOST_CAUSES = 10
const TITLES = new Map(RULES.map(({ id, title }) => [id, title]))

export type FigureService = ReturnType<typeof createFigureService>

/** The figures for leads, counted anew at each call. */
export function createFigureService({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'figures'>
  readonly clock: Clock
}) {
  return {
    /**
     * Figures of the days from one to another, both included, in UTC.
     *
     * @throws AskFirstError INVALID_REQUEST
     */
    async of(days: { readonly from?: string; readonly to?: string }): Promise<Figures> {
      const period = periodOf(clock, days)
      const [open, tickets, consent, causes, escalations, feedback, steps] = await Promise.all([
        store.figures.openTickets(),
        store.figures.tickets(period),
        store.figures.consent(period),
        store.figures.causes(period, MOST_CAUSES),
        store.figures.events(period, ['escalation.asked']),
        store.figures.events(period, ['ask.answered', 'requester.decided']),
        store.figures.events(period, ['method.step']),
      ])
      const counted = {
        open,
        tickets,
        consent,
        causes,
        escalations,
        feedback,
        steps,
      }
      // A rule of an earlier version has no title any more.
      return makeFigures(period, counted, (rule) => TITLES.get(rule) ?? rule)
    },
  }
}
