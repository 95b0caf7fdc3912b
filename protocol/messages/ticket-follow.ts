import { defineMessage } from '../define-message.ts'
import { Count } from '../fields.ts'
import { TicketId } from '../ids.ts'

/** Asks for a ticket's messages after the last one that the device holds. */
export const ticketFollow = defineMessage({
  type: 'ticket.follow',
  from: 'agent',
  since: 3,
  summary: 'Asks for the messages of a ticket of this device after a position of its log.',
  body: { ticketId: TicketId, after: Count },
})
