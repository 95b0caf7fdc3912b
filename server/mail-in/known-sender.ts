import { mailboxOf } from '../mail/mailbox.ts'
import { changeOf } from '../people/ticket-answer.ts'
import type { Ticket } from '../store/entities.ts'
import type { WholeChange } from '../tickets/follow-up.ts'

/** As whom somebody writes into a ticket that knows their address. */
export type SenderRole = 'requester' | 'on-site' | 'stakeholder'

/** Who of a ticket's people has an address; null: nobody. The address is in lower case. */
export function roleOf({ requesterEmail, contacts }: Ticket, address: string): SenderRole | null {
  if (requesterEmail?.toLowerCase() === address) return 'requester'
  if (mailboxOf(contacts.onSite?.contact ?? '')?.address.toLowerCase() === address) return 'on-site'
  return contacts.stakeholders.some(({ email }) => email.toLowerCase() === address) ? 'stakeholder' : null
}

/**
 * What a mail does to the ticket that it goes to (SPEC T58): the requester's is a reply like any other, the on-site person's ends
 * the wait for them, and whoever only follows the ticket moves nothing.
 */
export function changeByMail(before: Ticket, role: SenderRole, text: string): WholeChange {
  const isAwaited = role === 'requester' || (role === 'on-site' && before.waitingFor === 'on-site')
  return isAwaited ? changeOf({ kind: 'reply', text, attachments: [] }, before) : {}
}
