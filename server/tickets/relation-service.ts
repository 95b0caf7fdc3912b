import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { LinkedTicket } from '../store/link-store.ts'
import type { Store } from '../store/store.ts'
import type { LinkKind } from '../store/ticket-entities.ts'
import { announceTicket } from './follow-up.ts'

interface RelationDependencies {
  readonly store: Pick<Store, 'tickets' | 'links'>
  readonly clock: Clock
  readonly bus: Bus
}

export type RelationService = ReturnType<typeof createRelationService>

/** What tickets have to do with each other (SPEC T9). */
export function createRelationService({ store, clock, bus }: RelationDependencies) {
  async function get(id: TicketId): Promise<Ticket> {
    const ticket = await store.tickets.get(id)
    if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
    return ticket
  }

  return {
    /** @throws AskFirstError NOT_FOUND */
    async list(id: TicketId): Promise<readonly LinkedTicket[]> {
      await get(id)
      return store.links.of(id)
    },

    /**
     * Notes that two tickets have to do with each other; both logs say so.
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT when they are linked already or are one ticket
     */
    async link(id: TicketId, otherId: TicketId, actor: Actor): Promise<void> {
      if (id === otherId) throw new AskFirstError('CONFLICT', 'A ticket always has to do with itself.')
      const [one, other] = [await get(id), await get(otherId)]
      const at = isoNow(clock)
      const entries = linkEntries(one, other, { kind: 'related', at, actor })
      if (!(await store.links.add({ from: id, to: otherId, kind: 'related', at }, entries)))
        throw new AskFirstError('CONFLICT', `Tickets ${one.number} and ${other.number} are linked already.`)
      for (const changed of [id, otherId]) announceTicket(bus, changed)
    },

    /**
     * Takes a link back; both logs say so. One that a ticket was closed for stays while it is closed.
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT
     */
    async unlink(id: TicketId, otherId: TicketId, actor: Actor): Promise<void> {
      const found = (await store.links.of(id)).find(({ other }) => other.id === otherId)
      if (found === undefined) throw new AskFirstError('NOT_FOUND', 'These tickets are not linked.')
      const { link } = found
      const [from, to] = [await get(link.from), await get(link.to)]
      if (link.kind !== 'related' && from.state === 'closed')
        throw new AskFirstError('CONFLICT', `Ticket ${from.number} was closed for this; open it again first.`)
      const entries = linkEntries(from, to, { kind: link.kind, at: isoNow(clock), actor, removed: true })
      if (!(await store.links.remove(link, entries)))
        throw new AskFirstError('NOT_FOUND', 'These tickets are not linked any more.')
      for (const changed of [id, otherId]) announceTicket(bus, changed)
    },
  }
}

/** What both logs say of a link. */
function linkEntries(
  from: Ticket,
  to: Ticket,
  of: { readonly kind: LinkKind; readonly at: string; readonly actor: Actor; readonly removed?: true },
): readonly LogDraft[] {
  return [linkEntry(from, to, { ...of, link: of.kind }), linkEntry(to, from, { ...of, link: BACK[of.kind] })]
}

/** How a link reads from its other end. */
const BACK: Readonly<Record<LinkKind, string>> = {
  related: 'related',
  'duplicate-of': 'has-duplicate',
  'merged-into': 'has-merged',
}

/** What one log says of a link. */
export function linkEntry(
  ticket: Pick<Ticket, 'id'>,
  other: Pick<Ticket, 'id' | 'number'>,
  of: { readonly link: string; readonly at: string; readonly actor: Actor; readonly removed?: true },
): LogDraft {
  const { link, at, actor, removed } = of
  const body = { link, otherId: other.id, number: other.number, ...(removed === undefined ? {} : { removed }) }
  return { ticketId: ticket.id, at, actor, kind: 'ticket.linked', body }
}
