import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What people state about their tickets, the files that they add, and how far each conversation got. */
export async function addPersonTickets(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
}

function statements({ key, reference, text, flag, bytes }: ColumnTypes): string[] {
  return [
    `alter table tickets add column confirmed ${flag}`,
    `alter table tickets add column last_message integer not null default 0`,
    `create table statements (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      device_id ${reference} not null references devices (id), kind ${text} not null, at ${text} not null,
      os_user ${text} not null, jws_sha256 ${text} not null, recorded_at ${text} not null, file_bytes ${reference} not null)`,
    'create index statements_ticket on statements (ticket_id, device_id)',
    'create index statements_device on statements (device_id, recorded_at)',
    `create table attachments (id ${key}, public_id ${text} not null unique, statement_id ${reference} not null references statements (id),
      name ${text} not null, media_type ${text} not null, bytes integer not null, sha256 ${text} not null, state ${text} not null,
      received integer not null, ended_at ${text})`,
    'create index attachments_statement on attachments (statement_id)',
    "create index attachments_wanted on attachments (statement_id) where state = 'wanted'",
    // Apart from rows, and apart from the files' own records: lists of files never touch their bytes.
    `create table attachment_pieces (attachment_id ${reference} not null references attachments (id), at_byte integer not null,
      body ${bytes} not null, primary key (attachment_id, at_byte))`,
  ]
}
