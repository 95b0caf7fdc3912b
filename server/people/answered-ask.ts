import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { choicesOf } from '@askfirst/protocol/ticket-ask.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { Store } from '../store/store.ts'

type Decided = Extract<StatementRecord['said'], { kind: 'decided' }>

/**
 * The question that a statement answers, as it was sent to the devices of that ticket (SPEC P11). Whether it still takes an
 * answer is the store's to say, in the transaction that keeps it.
 *
 * @throws AskFirstError STATEMENT_INVALID when the answer is to another question, or none of its choices
 */
export async function answeredAsk(
  store: Pick<Store, 'asks'>,
  { askId, askSha256, choice, ticketId }: Pick<Decided, 'askId' | 'askSha256' | 'choice'> & { ticketId: TicketId },
): Promise<StoredAsk> {
  const asked = await store.asks.get(askId)
  if (asked === null || asked.ticketId !== ticketId) throw invalid('there is no such question in its ticket')
  if (asked.askSha256 !== askSha256) throw invalid('it answers another question than was asked')
  if (!choicesOf(asked.ask).includes(choice)) throw invalid('its choice is none of the question')
  return asked
}

function invalid(message: string): AskFirstError {
  return new AskFirstError('STATEMENT_INVALID', message)
}
