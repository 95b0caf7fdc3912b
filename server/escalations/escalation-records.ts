import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { EscalationId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import type { Trigger } from '../settings/service-level.ts'
import type { Escalation } from '../store/clock-entities.ts'
import type { EscalationChange } from '../store/clock-stores.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { announceMessage, announceTicket, differences } from '../tickets/follow-up.ts'
import { ROLE_PERMISSIONS } from '../users/permissions.ts'
import { mustReachFor } from '../users/support-level.ts'

/** What escalations stand on. */
export interface EscalationDeps {
  readonly store: Store
  readonly clock: Clock
  readonly bus: Bus
  readonly mails: Pick<MailWriter, 'ofMessage' | 'ofEscalation'>
  /** Ends what the ticket as it is now no longer allows: consent is not inherited. */
  readonly afterChange: (ticketId: TicketId) => Promise<void>
}

/** What a technician asks for. */
export interface EscalationWish {
  readonly toLevel: number
  readonly criterion: Trigger
  readonly summary: string
  /** Who is asked; null: anybody of that level. */
  readonly toUserId: UserId | null
  /** What the person is told; null: nothing now. */
  readonly message: string | null
}

/** @throws AskFirstError NOT_FOUND */
export async function found(store: Pick<Store, 'tickets'>, id: TicketId): Promise<Ticket> {
  const ticket = await store.tickets.get(id)
  if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
  return ticket
}

/** A ticket that can still go to somebody. @throws AskFirstError NOT_FOUND; CONFLICT when it is resolved or closed */
export async function movable(store: Pick<Store, 'tickets'>, id: TicketId): Promise<Ticket> {
  const ticket = await found(store, id)
  if (ticket.state === 'resolved' || ticket.state === 'closed')
    throw new AskFirstError('CONFLICT', `The ticket is ${ticket.state}; there is nothing to take over.`)
  return ticket
}

/** An escalation that waits for an answer, of the ticket as it is. */
export function newEscalation(
  ticket: Ticket,
  wish: Omit<EscalationWish, 'message'>,
  { id, at, actor }: { readonly id: EscalationId; readonly at: string; readonly actor: Actor },
): Escalation {
  const open = { state: 'asked', answeredBy: null, answeredAt: null, reason: null } as const
  const from = { fromLevel: ticket.level, fromUserId: ticket.assigneeId }
  return { id, ticketId: ticket.id, ...from, ...wish, askedBy: actor, askedAt: at, ...open }
}

/** A change of the ticket as it is, with its entry in the log. */
export function changeOf(
  ticket: Ticket,
  columns: Omit<EscalationChange['columns'], 'updatedAt'>,
  { at, actor }: { readonly at: string; readonly actor: Actor },
): EscalationChange {
  const log: LogDraft = {
    ...{ ticketId: ticket.id, at, actor },
    kind: 'ticket.changed',
    body: { changes: differences(ticket, columns) },
  }
  return { version: ticket.version, columns: { ...columns, updatedAt: at }, log }
}

/** The entry that carries the hand-over, with word to those who follow the ticket. */
export async function askedEntry(
  { mails }: Pick<EscalationDeps, 'mails'>,
  ticket: Ticket,
  { id, ticketId, askedAt, askedBy, ...escalation }: Escalation,
): Promise<LogDraft> {
  const { fromLevel, toLevel, criterion, summary, fromUserId, toUserId } = escalation
  const body = { escalationId: id, fromLevel, toLevel, criterion, summary, fromUserId, toUserId }
  const told = await mails.ofEscalation(ticket, toLevel)
  return { ticketId, at: askedAt, actor: askedBy, kind: 'escalation.asked', body, mails: told }
}

/** What the person is told, if anything. */
export async function messageEntry(
  { mails }: Pick<EscalationDeps, 'mails'>,
  ticket: Ticket,
  { askedAt, askedBy, text }: Pick<Escalation, 'askedAt' | 'askedBy'> & { readonly text: string | null },
): Promise<readonly LogDraft[]> {
  if (text === null) return []
  const written = { mails: await mails.ofMessage(ticket, text, askedBy.name) }
  return [{ ticketId: ticket.id, at: askedAt, actor: askedBy, kind: 'message.sent', body: { text }, ...written }]
}

/** Ends what the ticket no longer allows, and tells its readers. */
export async function escalationChanged(
  { bus, afterChange }: Pick<EscalationDeps, 'bus' | 'afterChange'>,
  ticketId: TicketId,
  hasMessage: boolean,
): Promise<void> {
  await afterChange(ticketId)
  announceTicket(bus, ticketId)
  if (hasMessage) announceMessage(bus, ticketId)
}

/** A field of the request that cannot be. */
export function invalid(field: string, text: string): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', text, { details: { field } })
}

/** Holds that somebody can take a ticket of a level over. @throws AskFirstError INVALID_REQUEST, of the field `toUserId` */
export async function checkTaker(
  store: Pick<Store, 'users'>,
  id: UserId,
  { assigneeId, level }: Pick<Ticket, 'assigneeId' | 'level'>,
): Promise<void> {
  const user = await store.users.get(id)
  if (user === null || user.disabled || !ROLE_PERMISSIONS[user.role].has('ticket.work'))
    throw invalid('toUserId', `User ${id} cannot take tickets.`)
  if (id === assigneeId) throw invalid('toUserId', `${user.name} has this ticket already.`)
  mustReachFor(user, level, 'toUserId')
}
