import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { OfferEnd } from '../store/offer-store.ts'
import type { Teller } from './tell-names.ts'

type OfferKind = 'offer.made' | 'offer.accepted' | 'offer.declined' | 'offer.withdrawn' | 'ticket.assigned'

const OFFER_ENDS: Readonly<Record<OfferEnd, string>> = {
  withdrawn: 'it was taken back',
  replaced: 'another offer took its place',
  escalated: 'the ticket was escalated',
  'owner-changed': 'the ticket got another owner',
  over: 'the ticket is over',
}

/** How entries about giving a ticket to somebody are told: to the desk only, since who of it works is its own affair. */
export const OFFER_TELLERS: Readonly<Record<OfferKind, Teller>> = {
  'offer.made': inside(({ toUserId, note }, person) => `offered the ticket to ${person(toUserId)}${noteText(note)}`),
  'offer.accepted': inside(() => 'accepted the ticket that they were offered'),
  'offer.declined': inside(({ reason }) => `declined the ticket that they were offered: ${reason}`),
  'offer.withdrawn': inside(
    ({ toUserId, because }, person) =>
      `ended the offer to ${person(toUserId)}: ${new Map(Object.entries(OFFER_ENDS)).get(String(because)) ?? because}`,
  ),
  'ticket.assigned': inside(
    ({ fromUserId, toUserId, reason }, person) =>
      `moved the ticket from ${person(fromUserId)} to ${person(toUserId)} without asking${noteText(reason)}`,
  ),
}

function inside(tell: (body: LogEntry['body'], person: (id: unknown) => string) => string): Teller {
  return ({ body }, { view }) =>
    view.isInternal ? tell(body, (id) => (typeof id === 'string' ? view.person(id) : 'nobody')) : null
}

function noteText(note: unknown): string {
  return typeof note === 'string' && note.trim() !== '' ? `: ${note}` : ''
}
