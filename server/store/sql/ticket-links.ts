import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from '../entities.ts'
import type { LinkedTicket, LinkStore } from '../link-store.ts'
import type { TicketLink } from '../ticket-entities.ts'
import { appendLog } from './log.ts'
import type { SqlContext } from './tables.ts'
import { ticketKey } from './tickets.ts'

const MAX_LISTED = 500

/** Relations of tickets in SQL. */
export function linkStore(context: SqlContext): LinkStore {
  return {
    add: (link, logs) => addLink(context, link, logs),
    remove: (link, logs) => removeLink(context, link, logs),
    of: (ticketId) => linksOf(context, ticketId),
  }
}

/** @see LinkStore.add */
export async function addLink(context: SqlContext, link: TicketLink, logs: readonly LogDraft[] = []): Promise<boolean> {
  await lockTickets(context, [link.from, link.to])
  const [from, to] = [await ticketKey(context, link.from), await ticketKey(context, link.to)]
  const known = await context.db
    .selectFrom('ticket_links')
    .select('id')
    .where((eb) =>
      eb.or([
        eb.and([eb('from_ticket', '=', from), eb('to_ticket', '=', to)]),
        eb.and([eb('from_ticket', '=', to), eb('to_ticket', '=', from)]),
      ]),
    )
    .executeTakeFirst()
  if (known !== undefined) return false
  const row = { from_ticket: from, to_ticket: to, kind: link.kind, at: link.at }
  await context.db.insertInto('ticket_links').values(row).execute()
  for (const log of logs) await appendLog(context, log)
  return true
}

async function removeLink(
  context: SqlContext,
  link: Pick<TicketLink, 'from' | 'to'>,
  logs: readonly LogDraft[],
): Promise<boolean> {
  await lockTickets(context, [link.from, link.to])
  const gone = await context.db
    .deleteFrom('ticket_links')
    .where('from_ticket', '=', await ticketKey(context, link.from))
    .where('to_ticket', '=', await ticketKey(context, link.to))
    .returning('id')
    .execute()
  if (gone.length === 0) return false
  for (const log of logs) await appendLog(context, log)
  return true
}

/** Two at once never wait for each other in a circle: everybody locks the older ticket first. */
export async function lockTickets({ db, flavour }: SqlContext, ids: readonly TicketId[]): Promise<void> {
  if (!flavour.rowLocks) return
  await db.selectFrom('tickets').select('id').where('public_id', 'in', ids).orderBy('id').forNoKeyUpdate().execute()
}

async function linksOf(context: SqlContext, ticketId: TicketId): Promise<readonly LinkedTicket[]> {
  const key = await ticketKey(context, ticketId)
  const rows = await context.db
    .selectFrom('ticket_links')
    .innerJoin('tickets', (join) =>
      join.on((eb) =>
        eb.or([
          eb.and([eb('from_ticket', '=', key), eb('tickets.id', '=', eb.ref('to_ticket'))]),
          eb.and([eb('to_ticket', '=', key), eb('tickets.id', '=', eb.ref('from_ticket'))]),
        ]),
      ),
    )
    .select(['from_ticket', 'kind', 'at', 'public_id', 'number', 'title', 'state', 'closed_as'])
    .orderBy('ticket_links.id')
    .limit(MAX_LISTED)
    .execute()
  return rows.map((row) => {
    // Ids and words of closed lists were written from a typed record.
    const id = row.public_id as TicketId
    const [from, to] = row.from_ticket === key ? [ticketId, id] : [id, ticketId]
    return {
      link: { from, to, kind: row.kind as TicketLink['kind'], at: row.at },
      other: {
        ...{ id, number: row.number, title: row.title },
        ...{ state: row.state as LinkedTicket['other']['state'] },
        ...{ closedAs: row.closed_as as LinkedTicket['other']['closedAs'] },
      },
    }
  })
}
