import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Files that came by mail: no statement of a device names them, their sender's address does. */
export async function addMailFiles(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
}

/** Neither dialect's way to drop a NOT NULL is the other's, so a column without it takes the old one's place. */
function statements({ reference, text }: ColumnTypes): string[] {
  return [
    `alter table attachments add column of_statement ${reference} references statements (id)`,
    'update attachments set of_statement = statement_id',
    'drop index attachments_statement',
    'drop index attachments_wanted',
    'alter table attachments drop column statement_id',
    'alter table attachments rename column of_statement to statement_id',
    'create index attachments_statement on attachments (statement_id)',
    "create index attachments_wanted on attachments (statement_id) where state = 'wanted'",
    `alter table attachments add column ticket_id ${reference} references tickets (id)`,
    'update attachments set ticket_id = (select ticket_id from statements where statements.id = attachments.statement_id)',
    'create index attachments_ticket on attachments (ticket_id, id)',
    `alter table attachments add column sender ${text}`,
    `alter table mail_received add column file_bytes ${reference} not null default 0`,
    'create index mail_received_at on mail_received (at)',
  ]
}
