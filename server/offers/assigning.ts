import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogKind } from '@askfirst/protocol/findings-log.ts'
import type { UserId } from '@askfirst/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Offer } from '../store/offer-store.ts'
import type { Store } from '../store/store.ts'
import type { ChangeMore } from '../store/ticket-store.ts'
import type { Caller } from '../users/caller.ts'
import { actorOf } from '../users/caller.ts'
import { mustReach, mustReachFor, reaches } from '../users/support-level.ts'

export interface AssigningDeps {
  readonly store: Pick<Store, 'users' | 'offers'>
  readonly clock: Clock
}

/** Who makes a change, with the role that counts for it. */
export type By = Pick<Caller, 'user' | 'role'>

/** A change of who has a ticket; absent fields stay. */
export interface Assigning {
  readonly assigneeId?: UserId | null
  readonly level?: number
  /** Why nobody else is asked; undefined: nothing is said of it. */
  readonly reason: string | undefined
}

/**
 * Holds a change of the owner to the rules and says what is written with it (SPEC T61, T63 to T65). Anybody takes a
 * ticket for themselves and gives back what is theirs; a lead also moves a ticket to others, and frees that of others.
 *
 * @throws AskFirstError NOT_ALLOWED; INVALID_REQUEST when the reason is out of place, or the new owner does not take tickets
 *   of that level
 */
export async function assigning(deps: AssigningDeps, before: Ticket, wish: Assigning, by: By): Promise<ChangeMore> {
  const { assigneeId: to, reason, level = before.level } = wish
  mayLower(before, level, by)
  if (to === undefined || to === before.assigneeId) {
    if (reason !== undefined) throw invalid('assignReason', 'A reason is given only with another assignee.')
    return {}
  }
  const offer = to === by.user.id && reason === undefined ? await openOffer(deps.store, before, to) : null
  if (offer === null) await mustBeAsked(deps, before, { to, by })
  await holdLevel(deps, { to, level: Math.max(level, before.level), by })
  const at = isoNow(deps.clock)
  if (offer !== null) {
    const body = { offerId: offer.id, fromUserId: before.assigneeId }
    return { accepts: offer.id, logs: [entry(before, 'offer.accepted', { at, by, body })] }
  }
  if (!touchesOthers(before, to, by)) return {}
  const body = { fromUserId: before.assigneeId, toUserId: to, reason: reason ?? null }
  const logs = [entry(before, 'ticket.assigned', { at, by, body })]
  return to === null || to === by.user.id
    ? { logs }
    : { logs, assigned: assignment(deps, before, { at, by, to, reason: reason ?? '' }) }
}

/** Whether a change of the owner is the affair of anybody but who makes it. */
function touchesOthers({ assigneeId }: Ticket, to: UserId | null, { user }: By): boolean {
  return [assigneeId, to].some((id) => id !== null && id !== user.id)
}

/** Whether somebody may move tickets of others. */
export function isLead({ role }: Pick<By, 'role'>): boolean {
  return role === 'lead' || role === 'admin'
}

/** Whoever is below a ticket's level does not bring it down to where they could take it. */
function mayLower(before: Ticket, level: number, { user, role }: By): void {
  const person = { role, supportLevel: user.supportLevel }
  if (level >= before.level || before.assigneeId === user.id || reaches(person, before.level)) return
  const text = `You take tickets up to level ${user.supportLevel}. Somebody who takes tickets of level ${before.level} says that it belongs lower.`
  throw new AskFirstError('NOT_ALLOWED', text)
}

async function openOffer(store: AssigningDeps['store'], { id }: Ticket, to: UserId): Promise<Offer | null> {
  const offers = await store.offers.listForTicket(id)
  return offers.find(({ state, toUserId }) => state === 'offered' && toUserId === to) ?? null
}

/** Holds that nobody gets a ticket or loses it to nobody without a word of theirs, unless a lead does it. */
async function mustBeAsked(
  { store }: AssigningDeps,
  { assigneeId }: Ticket,
  { to, by }: { readonly to: UserId | null; readonly by: By },
): Promise<void> {
  const own = by.user.id
  if (isLead(by) || to === own) return
  if (to !== null) {
    const text =
      'Nobody gets a ticket without accepting it. Offer it: POST /api/tickets/{id}/offers; a lead may assign it.'
    throw new AskFirstError('NOT_ALLOWED', text)
  }
  if (assigneeId === null || assigneeId === own) return
  const owner = (await store.users.get(assigneeId))?.name ?? 'Somebody else'
  throw new AskFirstError('NOT_ALLOWED', `${owner} has this ticket, and only they or a lead free it.`)
}

async function holdLevel(
  { store }: AssigningDeps,
  { to, level, by }: { readonly to: UserId | null; readonly level: number; readonly by: By },
): Promise<void> {
  if (to === null) return
  if (to === by.user.id) return mustReach({ role: by.role, supportLevel: by.user.supportLevel }, level)
  const user = await store.users.get(to)
  if (user !== null) mustReachFor(user, level, 'assigneeId')
}

function assignment(
  { clock }: AssigningDeps,
  { id: ticketId, assigneeId: fromUserId }: Ticket,
  { at, by, to, reason }: { readonly at: string; readonly by: By; readonly to: UserId; readonly reason: string },
): Offer {
  const open = { state: 'assigned', answeredBy: null, answeredAt: null, reason: null } as const
  const given = { note: reason, givenBy: actorOf(by.user), givenAt: at }
  return { id: newId('ofr', clock), ticketId, fromUserId, toUserId: to, ...given, ...open }
}

function entry(
  { id }: Ticket,
  kind: LogKind,
  { at, by, body }: { readonly at: string; readonly by: By; readonly body: LogDraft['body'] },
): LogDraft {
  return { ticketId: id, at, actor: actorOf(by.user), kind, body }
}

function invalid(field: string, text: string): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', text, { details: { field } })
}
