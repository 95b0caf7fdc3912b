import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { User } from '../store/entities.ts'
import type { TicketService } from './ticket-service.ts'

/**
 * Puts a ticket that nobody has into the hands of the one who is about to work on it (SPEC T16). Where somebody else was
 * first it stays theirs.
 *
 * @throws AskFirstError NOT_FOUND
 */
export async function takeFree(
  tickets: Pick<TicketService, 'get' | 'change'>,
  id: TicketId,
  user: Pick<User, 'id' | 'name'>,
): Promise<void> {
  const { assigneeId, state, version } = await tickets.get(id)
  if (assigneeId !== null || state === 'closed') return
  const change = { assigneeId: user.id, ...(state === 'new' ? { state: 'open' as const } : {}) }
  try {
    await tickets.change(id, { version, change }, { kind: 'user', id: user.id, name: user.name })
  } catch (error) {
    if (!(error instanceof AskFirstError && error.code === 'CONFLICT')) throw error
  }
}
