import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { By } from '../offers/assigning.ts'
import type { TicketService } from './ticket-service.ts'

/**
 * Puts a ticket that nobody has into the hands of the one who is about to work on it (SPEC T16). Where somebody else was
 * first it stays theirs.
 *
 * @throws AskFirstError NOT_FOUND; NOT_ALLOWED when it is above their level
 */
export async function takeFree(tickets: Pick<TicketService, 'get' | 'changeAs'>, id: TicketId, by: By): Promise<void> {
  const { assigneeId, state, version } = await tickets.get(id)
  if (assigneeId !== null || state === 'closed') return
  const change = { assigneeId: by.user.id, ...(state === 'new' ? { state: 'open' as const } : {}) }
  try {
    await tickets.changeAs(id, { version, change }, by)
  } catch (error) {
    if (!(error instanceof AskFirstError && error.code === 'CONFLICT')) throw error
  }
}
