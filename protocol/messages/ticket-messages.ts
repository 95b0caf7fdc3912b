import { Type } from 'typebox'
import { closed, defineMessage } from '../define-message.ts'
import { Count, Instant, line } from '../fields.ts'
import { StatementId, TicketId } from '../ids.ts'

/** One message between the desk and the person. Internal notes never become one. */
export const TicketMessage = Type.Object(
  {
    /** Position in the ticket's findings log. */
    seq: Count,
    at: Instant,
    from: Type.Enum(['desk', 'person']),
    author: line(255),
    text: line(4_000),
    /** The person's statement that it came from; absent for the desk's. */
    statementId: Type.Optional(StatementId),
  },
  closed,
)

/** Answer to `ticket.follow`. */
export const ticketMessages = defineMessage({
  type: 'ticket.messages',
  from: 'server',
  since: 3,
  summary: 'Hands over messages of a ticket in their order; `more` says that the device has to ask again for the rest.',
  body: { ticketId: TicketId, messages: Type.Array(TicketMessage, { maxItems: 16 }), more: Type.Boolean() },
})
