import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { TicketMessage } from '@askfirst/protocol/messages/ticket-messages.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { isAskOver } from '@askfirst/protocol/ticket-ask.ts'
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

/** The ticket with the questions that stand open now; the very same ticket when nothing is new. */
export function withAsks(ticket: HeldTicket, sent: readonly TicketAsk[]): HeldTicket {
  const asks = [...new Map(sent.map((ask) => [ask.askId, ask])).values()]
  if (JSON.stringify(ticket.asks ?? []) === JSON.stringify(asks)) return ticket
  const ids = new Set(asks.map(({ askId }) => askId))
  return { ...ticket, asks, toldAsks: (ticket.toldAsks ?? []).filter((askId) => ids.has(askId)) }
}

/** Questions that the person can answer now: in time, and not answered yet on this device. */
export function openAsks({ asks = [], statements, progress }: HeldTicket, nowMs: number): readonly TicketAsk[] {
  const answered = new Set(
    statements.flatMap(({ record: { said }, state }) =>
      said.kind === 'decided' && state !== 'refused' ? said.askId : [],
    ),
  )
  const isClosed = progress?.state === 'closed'
  return asks.filter(
    (ask) => !answered.has(ask.askId) && !isAskOver(ask, nowMs) && (!isClosed || ask.kind === 'feedback'),
  )
}

/** The desk says that it is done and the person has not answered. */
export function asksWhetherFixed(progress: HeldTicket['progress']): boolean {
  return progress?.state === 'resolved' && progress.fixed === null
}

/** Position of the desk's last message; 0: none. */
export function lastOfDesk({ messages }: Pick<HeldTicket, 'messages'>): number {
  return messages.findLast(({ from }) => from === 'desk')?.seq ?? 0
}
