import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { ClosingRules } from '../settings/closing-rules.ts'
import type { TimerDraft } from '../store/timer-store.ts'

const DAY_MS = 86_400_000

/** Kinds of the two timers of a resolved ticket. */
export const REMINDER = 'no-answer-reminder'
export const CLOSING = 'no-answer'

/** Reminds the person half-way and closes at the end, when a ticket was resolved at an instant (SPEC T14). */
export function noAnswerTimers(
  ticketId: TicketId,
  resolvedAt: string,
  { noAnswerDays }: Pick<ClosingRules, 'noAnswerDays'>,
): readonly TimerDraft[] {
  const after = (days: number) => new Date(Date.parse(resolvedAt) + days * DAY_MS).toISOString()
  const timer = (kind: string, days: number) => ({
    ...{ key: `ticket/${ticketId}/${kind}`, kind, ticketId },
    ...{ dueAt: after(days), body: { resolvedAt, noAnswerDays } },
  })
  return [timer(REMINDER, noAnswerDays / 2), timer(CLOSING, noAnswerDays)]
}
