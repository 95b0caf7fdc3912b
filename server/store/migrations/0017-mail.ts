import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Mails that go out, mails that came in, and the links by which people without an agent reach their ticket. */
export async function addMail(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
}

function statements({ key, reference, text }: ColumnTypes): string[] {
  const ofTicket = `ticket_id ${reference} not null references tickets (id)`
  return [
    `create table mail_outbox (id ${key}, public_id ${text} not null unique, ${ofTicket}, about ${text} not null,
      recipient ${text} not null, subject ${text} not null, body ${text} not null, language ${text} not null,
      message_id ${text} not null unique, created_at ${text} not null, state ${text} not null, attempts integer not null,
      next_at ${text} not null, last_error ${text}, ended_at ${text})`,
    "create index mail_outbox_due on mail_outbox (next_at) where state = 'queued'",
    'create index mail_outbox_ticket on mail_outbox (ticket_id, id)',
    "create index mail_outbox_failed on mail_outbox (ended_at) where state = 'failed'",
    `create table mail_received (id ${key}, message_id ${text} not null unique, ${ofTicket}, sender ${text} not null,
      at ${text} not null)`,
    'create index mail_received_ticket on mail_received (ticket_id, id)',
    'create index mail_received_sender on mail_received (sender, at)',
    `create table requester_links (token_hash ${text} not null primary key, ${ofTicket}, address ${text} not null,
      created_at ${text} not null, expires_at ${text} not null, used_at ${text}, session_hash ${text} unique,
      session_ends_at ${text})`,
  ]
}
