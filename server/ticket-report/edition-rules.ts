import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Edition } from './report-document.ts'
import type { ReportInput } from './report-input.ts'

/** The priority at which an outage is looked back at even if it was never escalated. */
const HIGHEST_PRIORITY = 1

/**
 * Holds that a ticket has what an edition tells of.
 *
 * @throws AskFirstError CONFLICT for a hand-over of a ticket that was never escalated, and for a post-mortem of one that is not
 *   over, or was neither escalated nor of the highest priority
 */
export function checkEdition(edition: Edition, { ticket, escalations }: ReportInput): void {
  const isEscalated = escalations.length > 0
  if (edition === 'handover' && !isEscalated)
    throw new AskFirstError('CONFLICT', `Ticket ${ticket.number} was never escalated, so there is no hand-over of it.`)
  if (edition !== 'postmortem') return
  if (ticket.state !== 'resolved' && ticket.state !== 'closed')
    throw new AskFirstError('CONFLICT', `Ticket ${ticket.number} is not resolved; a post-mortem is made afterwards.`)
  if (!isEscalated && ticket.priority !== HIGHEST_PRIORITY)
    throw new AskFirstError(
      'CONFLICT',
      `Ticket ${ticket.number} was not escalated and is not of the highest priority; a post-mortem is made of those.`,
    )
}
