import { Type } from 'typebox'
import { closed, defineMessage } from '../define-message.ts'
import { Count, Instant, line } from '../fields.ts'
import { TicketId } from '../ids.ts'

/** How a ticket of this device stands, for its person; sent with every change and after a hello. */
export const ticketProgress = defineMessage({
  type: 'ticket.progress',
  from: 'server',
  since: 3,
  summary: 'Tells the person of the device how their ticket stands and how many messages there are.',
  body: {
    ticketId: TicketId,
    number: Count,
    title: line(200),
    openedBy: Type.Enum(['requester', 'desk']),
    state: Type.Enum(['new', 'open', 'waiting', 'resolved', 'closed']),
    openedAt: Instant,
    updatedAt: Instant,
    /** Who works on it; null: nobody yet. */
    assignee: Type.Union([Type.Object({ name: line(200) }, closed), Type.Null()]),
    /** The person's answer to "is it fixed?", if they gave one since it was resolved last. */
    fixed: Type.Union([Type.Boolean(), Type.Null()]),
    /** Position of the last message in the ticket's log; 0: there is none. The agent asks for what it lacks. */
    lastMessage: Count,
  },
})
