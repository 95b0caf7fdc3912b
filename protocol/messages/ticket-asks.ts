import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { TicketId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { TicketAsk } from '../ticket-ask.ts'

/** The questions of the desk that stand open in a ticket; sent with every change, and after a hello where there were any. */
export const ticketAsks = defineMessage({
  type: 'ticket.asks',
  from: 'server',
  since: 3,
  summary: 'Names all open questions of the desk to the person of a ticket; those that it does not name are over.',
  body: { ticketId: TicketId, asks: Type.Array(TicketAsk, { maxItems: LIMITS.maxOpenAsks }) },
})
