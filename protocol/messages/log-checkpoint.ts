import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { TicketId } from '../ids.ts'

/** A signed statement of a ticket's log, for the agent to keep as a witness. */
export const logCheckpoint = defineMessage({
  type: 'log.checkpoint',
  from: 'server',
  since: 1,
  summary: 'Hands the agent a signed checkpoint of the findings log of one of its tickets.',
  body: { ticketId: TicketId, note: Type.String({ maxLength: 2_048 }) },
})
