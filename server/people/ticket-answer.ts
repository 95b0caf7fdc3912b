import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { Ticket, TicketState } from '../store/entities.ts'
import type { WholeChange } from '../tickets/follow-up.ts'
import { wholeChange } from '../tickets/follow-up.ts'
import { mayMove } from '../tickets/state-moves.ts'

/** What a reply or an answer does to its ticket (SPEC P9); empty when it only says something. */
export function changeOf(said: StatementRecord['said'], before: Ticket): WholeChange {
  if (said.kind === 'opened') return {}
  // The desk waited for the person, and here they are.
  if (said.kind === 'reply' || said.kind === 'decided')
    return before.state === 'waiting' ? moved(before, 'open', {}) : {}
  const confirmed = before.confirmed === said.fixed ? {} : { confirmed: said.fixed }
  if (said.fixed) return before.state === 'resolved' ? confirmed : moved(before, 'resolved', { confirmed: true })
  return before.state === 'resolved' ? moved(before, 'open', { confirmed: false }) : confirmed
}

function moved(before: Ticket, state: TicketState, change: WholeChange): WholeChange {
  return mayMove(before.state, state) ? wholeChange(before, { ...change, state }) : change
}
