import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { ConsentService } from '../consent/consent-service.ts'

/** Ends requests and grants when their ticket is closed or changes hands; the function returned stops it. */
export function followTickets(deps: { readonly bus: Bus; readonly log: Logger; readonly consent: ConsentService }): () => void {
  const { bus, log, consent } = deps
  return bus.subscribe('*', ({ kind, topic }) => {
    if (kind !== 'ticket' || !topic.startsWith('ticket/')) return
    // The publisher built the topic from a ticket's id.
    const ticketId = topic.slice('ticket/'.length) as TicketId
    consent.ticketChanged(ticketId).catch((error: unknown) => {
      log.error({ err: error, ticketId }, 'the grants of a changed ticket could not be looked after')
    })
  })
}
