import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { EscalationId, TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow } from '../clock.ts'
import type { Escalation } from '../store/clock-entities.ts'
import type { EscalationChange } from '../store/clock-stores.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Caller } from '../users/caller.ts'
import { actorOf } from '../users/caller.ts'
import { mustReach } from '../users/support-level.ts'
import type { EscalationDeps } from './escalation-records.ts'
import { changeOf, escalationChanged, movable } from './escalation-records.ts'

/** Who answers. */
export type Asker = Pick<Caller, 'user' | 'role'>

interface Open {
  readonly ticket: Ticket
  readonly escalation: Escalation
  readonly at: string
}

interface Answer {
  readonly answer: Pick<Escalation, 'state' | 'answeredBy' | 'answeredAt' | 'reason'>
  readonly change: EscalationChange
  readonly log: LogDraft
}

/** Writes an answer to an open escalation and what follows from it. @throws AskFirstError NOT_FOUND; CONFLICT; what `answering` throws */
export async function answerEscalation(
  deps: EscalationDeps,
  { ticketId, id }: { readonly ticketId: TicketId; readonly id: EscalationId },
  answering: (open: Open) => Answer,
): Promise<Escalation> {
  const { store, clock } = deps
  const ticket = await movable(store, ticketId)
  const escalation = await store.escalations.get(id)
  if (escalation?.ticketId !== ticketId) throw new AskFirstError('NOT_FOUND', `There is no escalation ${id}.`)
  if (escalation.state !== 'asked') throw answered(id)
  const { answer, change, log } = answering({ ticket, escalation, at: isoNow(clock) })
  const after = await store.escalations.answer(id, answer, change, log)
  if (after === null) throw answered(id)
  await escalationChanged(deps, ticketId, false)
  return after
}

/** The owner changes. @throws AskFirstError NOT_ALLOWED */
export function accepting({ ticket, escalation, at }: Open, by: Asker): Answer {
  mustBeAsked(escalation, by)
  mustReach({ role: by.role, supportLevel: by.user.supportLevel }, ticket.level)
  const actor = actorOf(by.user)
  const state = ticket.state === 'new' ? ({ state: 'open' } as const) : {}
  const { id, fromUserId, toLevel } = escalation
  const body = { escalationId: id, fromUserId, toLevel }
  return {
    answer: { state: 'accepted', answeredBy: actor, answeredAt: at, reason: null },
    change: changeOf(ticket, { assigneeId: by.user.id, ...state }, { at, actor }),
    log: { ticketId: ticket.id, at, actor, kind: 'escalation.accepted', body },
  }
}

/** The level goes back, unless somebody set another one since. @throws AskFirstError NOT_ALLOWED */
export function declining({ ticket, escalation, at }: Open, by: Asker & { readonly reason: string }): Answer {
  const { id, fromLevel, toLevel, askedBy, toUserId } = escalation
  if (!isLead(by.role) && askedBy.id !== by.user.id && toUserId !== by.user.id)
    throw new AskFirstError('NOT_ALLOWED', 'Only who was asked, who asked, or a lead declines this.')
  const actor = actorOf(by.user)
  const level = ticket.level === toLevel ? fromLevel : ticket.level
  const body = { escalationId: id, reason: by.reason, toLevel: level }
  return {
    answer: { state: 'declined', answeredBy: actor, answeredAt: at, reason: by.reason },
    change: changeOf(ticket, { level }, { at, actor }),
    log: { ticketId: ticket.id, at, actor, kind: 'escalation.declined', body },
  }
}

function isLead(role: Asker['role']): boolean {
  return role === 'lead' || role === 'admin'
}

function mustBeAsked({ toUserId, fromUserId }: Escalation, { user, role }: Asker): void {
  if (fromUserId === user.id)
    throw new AskFirstError('NOT_ALLOWED', 'You have this ticket already; somebody else takes it over.')
  if (toUserId !== null && toUserId !== user.id && !isLead(role))
    throw new AskFirstError('NOT_ALLOWED', 'Somebody else is asked to take this ticket over.')
}

function answered(id: EscalationId): AskFirstError {
  return new AskFirstError('CONFLICT', `Escalation ${id} was answered before.`)
}
