import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What is to happen at a time, how a ticket stands against its targets, and who was asked to take it over. */
export async function addClock(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
}

function statements({ key, reference, text }: ColumnTypes): string[] {
  return [
    `create table timers (id ${key}, key ${text} not null unique, kind ${text} not null,
      ticket_id ${reference} references tickets (id), due_at ${text} not null, body ${text} not null,
      attempts integer not null, locked_by ${text}, locked_until ${text}, done_at ${text})`,
    'create index timers_due on timers (due_at) where done_at is null',
    'create index timers_ticket on timers (ticket_id)',
    // Facts in JSON are what the log says; the instants are what they mean by the settings of the moment.
    `create table ticket_clocks (ticket_id ${reference} primary key references tickets (id), log_seq integer not null,
      facts ${text} not null, targets ${text} not null, due_at ${text}, settings_sha256 ${text} not null)`,
    'create index ticket_clocks_due on ticket_clocks (due_at) where due_at is not null',
    `create table escalations (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      from_level integer not null, to_level integer not null, criterion ${text} not null, summary ${text} not null,
      from_user_id ${text}, to_user_id ${text}, asked_by ${text} not null, asked_at ${text} not null, state ${text} not null,
      answered_by ${text}, answered_at ${text}, reason ${text})`,
    'create index escalations_ticket on escalations (ticket_id)',
    // One ticket is handed over to one person at a time.
    "create unique index escalations_asked on escalations (ticket_id) where state = 'asked'",
  ]
}
