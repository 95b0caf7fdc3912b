import { defineMessage } from '../define-message.ts'
import { CollectorId, Params } from '../fields.ts'
import { GrantId, RunId, TicketId, UserId } from '../ids.ts'

/** Orders one collector that the person has consented to. */
export const runStart = defineMessage({
  type: 'run.start',
  from: 'server',
  since: 1,
  summary: 'Orders one collector under a grant; the agent checks every field against the grant it holds.',
  body: {
    runId: RunId,
    grantId: GrantId,
    ticketId: TicketId,
    technicianId: UserId,
    collector: CollectorId,
    params: Params,
  },
})
