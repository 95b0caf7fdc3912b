import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { ClosingRules } from '../settings/closing-rules.ts'
import type { Role, Ticket, User } from '../store/entities.ts'
import type { WholeChange } from './follow-up.ts'
import { wholeChange } from './follow-up.ts'

const DAY_MS = 86_400_000

/** Roles that may open any ticket again; others only one that they had. */
const FOR_ALL: readonly Role[] = ['lead', 'admin']

/**
 * What opening a closed ticket again changes (SPEC T8). Grants that ended with it stay ended.
 *
 * @throws AskFirstError CONFLICT when it is not closed, was merged or was closed too long ago; NOT_ALLOWED when it was
 *   somebody else's and the caller leads nobody
 */
export function reopening(
  before: Ticket,
  by: {
    readonly user: Pick<User, 'id'>
    readonly role: Role
    readonly now: number
    readonly rules: ClosingRules
  },
): WholeChange {
  const { state, closedAs, closedAt, assigneeId, reopened } = before
  if (state !== 'closed' || closedAt === null)
    throw new AskFirstError('CONFLICT', `The ticket is ${state}; only a closed one is opened again.`)
  if (closedAs === 'merged')
    throw new AskFirstError('CONFLICT', 'The ticket was merged into another one; its work goes on there.')
  if (!FOR_ALL.includes(by.role) && assigneeId !== by.user.id)
    throw new AskFirstError('NOT_ALLOWED', 'A lead opens a ticket again, or the technician who had it.')
  const { reopenDays } = by.rules
  if (by.now - Date.parse(closedAt) > reopenDays * DAY_MS) {
    const text = `The ticket was closed more than ${reopenDays} days ago. Open a new one and link the two.`
    throw new AskFirstError('CONFLICT', text)
  }
  const open = { closedAs: null, closedReason: null, closedAt: null, reopened: reopened + 1 }
  return wholeChange(before, { state: 'open', ...open })
}
