import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** The language that the desk set for a ticket's requester, the one in which they read last, and of what people of the desk are told by mail. */
export async function addMailLanguages(db: Kysely<unknown>, { text }: ColumnTypes): Promise<void> {
  const statements = [
    `alter table tickets add column requester_language ${text}`,
    `alter table tickets add column heard_language ${text}`,
    `alter table tickets add column heard_at ${text}`,
    `create table user_alerts (user_id ${text} primary key, kinds ${text} not null, language ${text}, since ${text} not null)`,
    'create index tickets_heard on tickets (lower(requester_email), heard_at) where heard_language is not null',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
