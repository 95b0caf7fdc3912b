import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { Ticket } from '../store/entities.ts'
import type { WholeChange } from '../tickets/follow-up.ts'
import { wholeChange } from '../tickets/follow-up.ts'
import { mayMove } from '../tickets/state-moves.ts'

/** What a reply or an answer does to its ticket (SPEC P9); empty when it only says something. */
export function changeOf(said: StatementRecord['said'], before: Ticket): WholeChange {
  if (said.kind === 'opened') return {}
  // The desk waited for the person, and here they are.
  if (said.kind === 'reply') return waitsForThem(before) ? moved(before, 'open', {}) : {}
  if (said.kind === 'decided') return waitsForWord(before) ? moved(before, 'open', {}) : {}
  const confirmed = before.confirmed === said.fixed ? {} : { confirmed: said.fixed }
  if (said.fixed) return before.state === 'resolved' ? confirmed : moved(before, 'resolved', { confirmed: true })
  return before.state === 'resolved' ? moved(before, 'open', { confirmed: false }) : confirmed
}

/** A ticket that waits for somebody else, an approval or an appointment goes on waiting while the person writes. */
function waitsForThem({ state, waitingFor }: Ticket): boolean {
  return state === 'waiting' && (waitingFor === 'person' || waitingFor === 'on-site')
}

/** What the person decides is what the desk waits for, unless it is the time of an appointment. */
function waitsForWord(before: Ticket): boolean {
  return waitsForThem(before) || (before.state === 'waiting' && before.waitingFor === 'approval')
}

function moved(before: Ticket, state: 'open' | 'resolved', change: WholeChange): WholeChange {
  return mayMove(before.state, state) ? wholeChange(before, { ...change, state }) : change
}
