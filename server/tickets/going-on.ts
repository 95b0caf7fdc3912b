import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { Ticket } from '../store/entities.ts'
import type { TicketClosing } from '../store/ticket-store.ts'
import { linkEntry } from './relation-service.ts'

/** What is written where a closed ticket's work goes on in another (SPEC T10, T11). */
export function goingOn(
  from: Ticket,
  to: Ticket,
  of: { readonly as: 'duplicate' | 'merged'; readonly at: string; readonly actor: Actor },
): NonNullable<TicketClosing['into']> {
  const { as, at, actor } = of
  const ends = { from: from.id, to: to.id, at }
  if (as === 'duplicate') {
    const log = linkEntry(to, from, { link: 'has-duplicate', at, actor })
    return { link: { ...ends, kind: 'duplicate-of' }, log }
  }
  const body = { otherId: from.id, number: from.number }
  return {
    link: { ...ends, kind: 'merged-into' },
    log: { ticketId: to.id, at, actor, kind: 'ticket.merged', body },
  }
}

/** What the person is told; the other ticket's number only where it is theirs as well. */
export function goingOnText(from: Ticket, to: Ticket): string {
  const where = isTheirs(from, to) ? `your ticket #${to.number}` : 'another ticket about the same problem'
  return `We go on with this in ${where}, so this one is closed. You need not do anything.`
}

function isTheirs(from: Ticket, to: Ticket): boolean {
  const isSamePerson = from.requesterEmail !== null && from.requesterEmail === to.requesterEmail
  return isSamePerson || from.deviceIds.some((id) => to.deviceIds.includes(id))
}
