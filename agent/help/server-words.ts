import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { TicketMessage } from '@askfirst/protocol/messages/ticket-messages.ts'
import type { Static } from 'typebox'
import type { HeldTicket } from './held-ticket.ts'

type Message = Static<typeof TicketMessage>

/** Most messages of a ticket that are kept; the oldest go first, the server has them all. */
const MAX_MESSAGES = 400

/** Position of the last message that the device holds. */
export function lastSeq({ messages }: Pick<HeldTicket, 'messages'>): number {
  return messages.at(-1)?.seq ?? 0
}

/** The ticket with how it stands now; the very same ticket when nothing is new. */
export function withProgress(ticket: HeldTicket, progress: MessageNamed<'ticket.progress'>): HeldTicket {
  if (JSON.stringify(ticket.progress) === JSON.stringify(progress)) return ticket
  const toldFixed = asksWhetherFixed(progress) && ticket.toldFixed
  return { ...ticket, progress, toldFixed }
}

/** The ticket with messages that it lacked; the very same ticket when nothing is new. What a message once said stays. */
export function withMessages(ticket: HeldTicket, messages: readonly Message[]): HeldTicket {
  const last = lastSeq(ticket)
  const newer = new Map(messages.filter(({ seq }) => seq > last).map((message) => [message.seq, message]))
  if (newer.size === 0) return ticket
  const all = [...ticket.messages, ...[...newer.values()].sort((a, b) => a.seq - b.seq)]
  return { ...ticket, messages: all.slice(-MAX_MESSAGES) }
}

/** The desk says that it is done and the person has not answered. */
export function asksWhetherFixed(progress: HeldTicket['progress']): boolean {
  return progress?.state === 'resolved' && progress.fixed === null
}

/** Position of the desk's last message; 0: none. */
export function lastOfDesk({ messages }: Pick<HeldTicket, 'messages'>): number {
  return messages.findLast(({ from }) => from === 'desk')?.seq ?? 0
}
