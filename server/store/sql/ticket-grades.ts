import type { Grade, GradeCount, TicketState } from '../entities.ts'
import type { SqlContext } from './tables.ts'

/** @see TicketStore.gradeCounts */
export async function gradeCounts({ db }: SqlContext, states: readonly TicketState[]): Promise<readonly GradeCount[]> {
  if (states.length === 0) return []
  const rows = await db
    .selectFrom('tickets')
    .select(['impact', 'urgency', 'priority'])
    .select((eb) => eb.fn.countAll().as('count'))
    .where('state', 'in', states)
    .where('override_reason', 'is', null)
    .groupBy(['impact', 'urgency', 'priority'])
    .execute()
  return rows.map(({ impact, urgency, priority, count }) => ({
    // Written from a typed record.
    impact: impact as Grade,
    urgency: urgency as Grade,
    priority,
    count: Number(count),
  }))
}
