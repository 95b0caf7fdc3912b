import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Doer, MethodChange } from '../store/method-entities.ts'
import type { Store } from '../store/store.ts'

export interface MethodDeps {
  readonly store: Pick<Store, 'tickets' | 'log' | 'findings' | 'runs' | 'method'>
  readonly clock: Clock
  readonly bus: Bus
}

/** Most theories, and most actions, of one ticket: beyond that the ticket is several. */
export const MAX_RECORDS = 100

/** @throws AskFirstError NOT_FOUND; CONFLICT when it is closed */
export async function openTicket({ store }: Pick<MethodDeps, 'store'>, id: TicketId): Promise<Ticket> {
  const ticket = await knownTicket({ store }, id)
  if (ticket.state === 'closed') throw new AskFirstError('CONFLICT', `Ticket ${id} is closed.`)
  return ticket
}

/** @throws AskFirstError NOT_FOUND */
export async function knownTicket({ store }: Pick<MethodDeps, 'store'>, id: TicketId): Promise<Ticket> {
  const ticket = await store.tickets.get(id)
  if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
  return ticket
}

/**
 * Writes a record with its entry and tells readers of the ticket.
 *
 * @throws AskFirstError CONFLICT when somebody wrote it meanwhile, or the ticket is closed
 */
export async function writeRecord(
  { store, clock, bus }: MethodDeps,
  change: MethodChange,
  entry: {
    readonly ticketId: TicketId
    readonly kind: LogKind
    readonly body: LogDraft['body']
    readonly actor: Actor
  },
  more: readonly LogDraft[] = [],
): Promise<void> {
  const isWritten = await store.method.put(change, { at: isoNow(clock), ...entry }, more)
  if (!isWritten) throw new AskFirstError('CONFLICT', `Somebody changed the ${change.kind} meanwhile.`)
  for (const kind of ['method', 'log']) bus.publish({ topic: `ticket/${entry.ticketId}`, kind, id: entry.ticketId })
}

/** Who does something, as records keep it. */
export function doerOf({ id, name }: Actor): Doer {
  return { id, name }
}

/** The error of a wish that cannot be. */
export function invalid(field: string, message: string): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', message, { details: { field } })
}
