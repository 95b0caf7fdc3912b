import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Questions of the desk to the person of a ticket, with the answers. */
export async function addAsks(db: Kysely<unknown>, { key, reference, text }: ColumnTypes): Promise<void> {
  const statements = [
    `create table asks (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      ask ${text} not null, ask_sha256 ${text} not null, until ${text}, asked_by ${text} not null, state ${text} not null,
      ended_at ${text}, statement_id ${text}, choice ${text}, answer_text ${text}, os_user ${text})`,
    'create index asks_ticket on asks (ticket_id)',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
