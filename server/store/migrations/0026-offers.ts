import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Tickets that somebody gives to somebody else. */
export async function addOffers(db: Kysely<unknown>, { key, reference, text }: ColumnTypes): Promise<void> {
  const statements = [
    `create table offers (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      from_user_id ${text}, to_user_id ${text} not null, note ${text} not null, given_by ${text} not null, given_at ${text} not null,
      state ${text} not null, answered_by ${text}, answered_at ${text}, reason ${text})`,
    'create index offers_ticket on offers (ticket_id)',
    // One ticket is given to one person at a time.
    "create unique index offers_open on offers (ticket_id) where state in ('offered', 'assigned')",
    "create index offers_for on offers (to_user_id) where state in ('offered', 'assigned')",
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
