import type { TagCount } from '../ticket-entities.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'

/** Keeps the tags of a ticket for filters. */
export async function putTags({ db }: SqlContext, key: number, tags: readonly string[]): Promise<void> {
  await db.deleteFrom('ticket_tags').where('ticket_id', '=', key).execute()
  for (const tag of tags) await db.insertInto('ticket_tags').values({ ticket_id: key, tag }).execute()
}

/** @see TicketStore.tags */
export async function listTags({ db }: SqlContext, prefix: string, limit: number): Promise<readonly TagCount[]> {
  const rows = await db
    .selectFrom('ticket_tags')
    .select(({ fn }) => ['tag', fn.countAll().as('count')])
    .where('tag', '>=', prefix)
    // The last code point: everything that begins so sorts before it.
    .where('tag', '<', `${prefix}\u{10FFFF}`)
    .groupBy('tag')
    .orderBy('count', 'desc')
    .orderBy('tag')
    .limit(boundedLimit(limit))
    .execute()
  return rows.map(({ tag, count }) => ({ tag, count: Number(count) }))
}
