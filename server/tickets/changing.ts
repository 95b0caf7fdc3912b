import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { readSettings } from '../settings/settings-service.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { ChangeMore } from '../store/ticket-store.ts'
import { ROLE_PERMISSIONS } from '../users/permissions.ts'
import type { TicketChange, WholeChange } from './follow-up.ts'
import { announceTicket, differences, wholeChange } from './follow-up.ts'
import { noAnswerTimers } from './no-answer-timers.ts'
import { priorityChange } from './priority-change.ts'
import { mayMove } from './state-moves.ts'
import { checkedTags } from './tags.ts'

/** What tickets and their changes stand on. */
export interface ChangingDeps {
  readonly store: Pick<Store, 'tickets' | 'log' | 'devices' | 'users' | 'offers' | 'settings'>
  readonly clock: Clock
  readonly bus: Bus
  /** Writes the mails that tell the person of it. */
  readonly mails: Pick<MailWriter, 'ofMessage' | 'ofOpened' | 'ofChange'>
  /** Ends what the ticket as it is now no longer allows: consent is not inherited, and a closed ticket has none. */
  readonly afterChange: (ticketId: TicketId) => Promise<void>
}

/**
 * The ticket that a change was made from. What was seen of another version says nothing of this one.
 *
 * @throws AskFirstError NOT_FOUND; CONFLICT; INVALID_REQUEST
 */
export async function ticketToChange(
  store: ChangingDeps['store'],
  id: TicketId,
  wish: { readonly version: number; readonly change: TicketChange },
): Promise<Ticket> {
  const before = found(await store.tickets.get(id), id)
  await checkChange(store, before, wish.change)
  if (before.version === wish.version) return before
  throw new AskFirstError('CONFLICT', `Ticket ${id} is not at version ${wish.version} any more`, {
    details: { version: before.version },
  })
}

/** Writes a change with all that follows from it and tells readers. @throws AskFirstError CONFLICT; INVALID_REQUEST */
export async function writeChange(
  { store, clock, bus, mails, afterChange }: ChangingDeps,
  before: Ticket,
  { change: wish, actor, more }: { readonly change: TicketChange; readonly actor: Actor; readonly more: ChangeMore },
): Promise<Ticket> {
  const { id, version } = before
  const at = isoNow(clock)
  const followed = await follow(store, before, wish, { actor, at })
  const { columns } = followed
  const told = await mails.ofChange(before, columns)
  const body = { changes: differences(before, columns) }
  const log: LogDraft = { ticketId: id, at, actor, kind: 'ticket.changed', body, mails: told }
  const change = { ...columns, updatedAt: at }
  const after = found(await store.tickets.change(id, version, change, log, { ...more, ...followed.more }), id)
  await afterChange(id)
  announceTicket(bus, id)
  return after
}

/** The columns that a change comes to, with all that follows from it, and the timers that it sets. */
async function follow(
  store: ChangingDeps['store'],
  before: Ticket,
  change: TicketChange,
  by: { readonly actor: Actor; readonly at: string },
): Promise<{ readonly columns: WholeChange; readonly more: ChangeMore }> {
  const { override: _override, tags, ...others } = change
  const fields = { ...others, ...(tags === undefined ? {} : { tags: checkedTags(tags) }) }
  const { priorityMatrix: matrix, closing } = await readSettings(store)
  const columns = wholeChange(before, { ...fields, ...priorityChange(before, change, { matrix, ...by }) })
  // Resolved anew: from now on the person has so long to answer.
  const isResolved = columns.state === 'resolved' && before.state !== 'resolved'
  return { columns, more: isResolved ? { timers: noAnswerTimers(before.id, by.at, closing) } : {} }
}

/** The ticket, if there is one. @throws AskFirstError NOT_FOUND */
export function found(ticket: Ticket | null, id: TicketId): Ticket {
  if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
  return ticket
}

async function checkChange(store: ChangingDeps['store'], before: Ticket, change: TicketChange): Promise<void> {
  if (before.state === 'closed') throw new AskFirstError('CONFLICT', `Ticket ${before.id} is closed; open a new one.`)
  if (change.state !== undefined && !mayMove(before.state, change.state)) {
    throw new AskFirstError('CONFLICT', `A ticket cannot go from ${before.state} to ${change.state}.`)
  }
  if (change.waitingFor !== undefined && (change.state ?? before.state) !== 'waiting') {
    throw new AskFirstError('INVALID_REQUEST', 'Only a waiting ticket waits for somebody.', {
      details: { field: 'waitingFor' },
    })
  }
  if (change.deviceIds !== undefined) await checkDevices(store, change.deviceIds)
  if (change.assigneeId !== undefined && change.assigneeId !== null) await checkAssignee(store, change.assigneeId)
}

async function checkAssignee(store: Pick<Store, 'users'>, id: UserId): Promise<void> {
  const user = await store.users.get(id)
  if (user === null || user.disabled || !ROLE_PERMISSIONS[user.role].has('ticket.work')) {
    throw new AskFirstError('INVALID_REQUEST', `User ${id} cannot take tickets.`, { details: { field: 'assigneeId' } })
  }
}

/** @throws AskFirstError INVALID_REQUEST when one is not there */
export async function checkDevices(store: Pick<Store, 'devices'>, ids: readonly DeviceId[]): Promise<void> {
  for (const id of ids) {
    const device = await store.devices.get(id)
    if (device === null)
      throw new AskFirstError('INVALID_REQUEST', `There is no device ${id}.`, { details: { field: 'deviceIds' } })
  }
}
