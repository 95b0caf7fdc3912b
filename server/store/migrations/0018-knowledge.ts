import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { subjectWords } from '../sql/subject-words.ts'
import type { ColumnTypes } from './column-types.ts'

const TICKETS_PER_READ = 200

/** What the figures look for by kind and time; known problems with their versions, and the words by which tickets are compared. */
export async function addKnowledge(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
  await fillWords(db)
}

function statements({ key, reference, text }: ColumnTypes): string[] {
  return [
    'create index log_entries_kind on log_entries (kind, at)',
    'create index consent_requests_created on consent_requests (created_at)',
    'create index tickets_created on tickets (created_at)',
    'create index findings_rule on findings (rule, ticket_id)',
    `create table knowledge (id ${key}, public_id ${text} not null unique, number integer not null unique,
      ticket_id ${reference} references tickets (id), title ${text} not null, content ${text} not null, state ${text} not null,
      created_at ${text} not null, updated_at ${text} not null, version integer not null, search ${text} not null)`,
    'create index knowledge_updated on knowledge (updated_at, id)',
    'create index knowledge_ticket on knowledge (ticket_id)',
    `create table knowledge_versions (knowledge_id ${reference} not null references knowledge (id), version integer not null,
      state ${text} not null, content ${text} not null, at ${text} not null, user_id ${text} not null, user_name ${text} not null,
      primary key (knowledge_id, version))`,
    `create table knowledge_marks (knowledge_id ${reference} not null references knowledge (id), kind ${text} not null,
      value ${text} not null, primary key (kind, value, knowledge_id))`,
    'create index knowledge_marks_entry on knowledge_marks (knowledge_id)',
    `create table ticket_words (ticket_id ${reference} not null references tickets (id), word ${text} not null,
      primary key (word, ticket_id))`,
    'create index ticket_words_ticket on ticket_words (ticket_id)',
  ]
}

interface OldTicket {
  readonly id: number
  readonly title: string
  readonly description: string
}

/** Fills in the words of tickets that are there already, some hundred at a time. */
async function fillWords(db: Kysely<unknown>): Promise<void> {
  let after = 0
  for (;;) {
    const read = sql<OldTicket>`select id, title, description from tickets where id > ${after} order by id limit ${TICKETS_PER_READ}`
    const { rows } = await read.execute(db)
    for (const { id, title, description } of rows) {
      for (const word of subjectWords(title, description))
        await sql`insert into ticket_words (ticket_id, word) values (${id}, ${word})`.execute(db)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < TICKETS_PER_READ) return
    after = Number(last.id)
  }
}
