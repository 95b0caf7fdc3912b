import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Finding } from '../entities.ts'
import { findingColumns } from '../sql/finding-columns.ts'
import type { ColumnTypes } from './column-types.ts'

const ROWS_PER_READ = 500

/** What the queue sorts and counts by, findings that can be searched, and each person's saved views. */
export async function addWorkbench(db: Kysely<unknown>, { text }: ColumnTypes): Promise<void> {
  const statements = [
    `alter table findings add column severity ${text} not null default ''`,
    `alter table findings add column search ${text} not null default ''`,
    'create index tickets_updated on tickets (updated_at, id)',
    'create index tickets_priority on tickets (priority, id)',
    'create index tickets_assignee on tickets (assignee_id, id)',
    `create table user_views (user_id ${text} primary key, views ${text} not null)`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
  await fillFindings(db)
}

interface OldFinding {
  readonly id: number
  readonly content: string
}

/** Fills the new columns of findings that are there already, some hundred at a time. */
async function fillFindings(db: Kysely<unknown>): Promise<void> {
  let after = 0
  for (;;) {
    const read = sql<OldFinding>`select id, content from findings where id > ${after} order by id limit ${ROWS_PER_READ}`
    const { rows } = await read.execute(db)
    for (const { id, content } of rows) {
      // Written from a typed record.
      const { severity, search } = findingColumns(JSON.parse(content) as Finding['content'])
      await sql`update findings set severity = ${severity}, search = ${search} where id = ${id}`.execute(db)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < ROWS_PER_READ) return
    after = Number(last.id)
  }
}
