import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/**
 * Whom a ticket waits for, how it was closed, how often it came back, its tags, its people, and its relations. Tickets that
 * wait already wait for the person; those that are closed were confirmed by the person or not.
 */
export async function addTicketFlow(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
}

function statements({ key, reference, text }: ColumnTypes): string[] {
  return [
    `alter table tickets add column waiting_for ${text}`,
    "update tickets set waiting_for = 'person' where state = 'waiting'",
    `alter table tickets add column closed_as ${text}`,
    `alter table tickets add column closed_reason ${text}`,
    `alter table tickets add column closed_at ${text}`,
    `update tickets set closed_as = case when confirmed = 1 then 'confirmed' else 'resolved' end, closed_at = updated_at
      where state = 'closed'`,
    'alter table tickets add column reopened integer not null default 0',
    `alter table tickets add column contacts ${text} not null default '{"onSite":null,"stakeholders":[]}'`,
    `alter table tickets add column tags ${text} not null default ''`,
    `create table ticket_tags (ticket_id ${reference} not null references tickets (id), tag ${text} not null,
      primary key (ticket_id, tag))`,
    'create index ticket_tags_tag on ticket_tags (tag)',
    `create table ticket_links (id ${key}, from_ticket ${reference} not null references tickets (id),
      to_ticket ${reference} not null references tickets (id), kind ${text} not null, at ${text} not null,
      unique (from_ticket, to_ticket))`,
    'create index ticket_links_to on ticket_links (to_ticket)',
  ]
}
