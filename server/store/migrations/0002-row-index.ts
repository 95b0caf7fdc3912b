import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** The index of rows: columns to filter by and full text. It repeats what the chunks hold and can be made again. */
export async function createRowIndex(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of types.kind === 'sqlite' ? sqliteStatements(types) : postgresStatements(types)) {
    await sql.raw(statement).execute(db)
  }
}

function sqliteStatements({ text }: ColumnTypes): string[] {
  return [
    `create table run_rows (id integer primary key, at ${text}, level ${text}, provider ${text}, json ${text} not null)`,
    // Words only: no positions and no second copy of the text, since a query asks for words that all occur.
    `create virtual table row_words using fts5 (words, content = '', detail = none, columnsize = 0, tokenize = "unicode61 remove_diacritics 2")`,
    'create index runs_to_index on runs (id) where indexed_rows < rows',
  ]
}

function postgresStatements({ text }: ColumnTypes): string[] {
  return [
    `create table run_rows (id bigint primary key, at ${text}, level ${text}, provider ${text}, json ${text} not null, words tsvector not null)`,
    'create index run_rows_words on run_rows using gin (words)',
    'create index runs_to_index on runs (id) where indexed_rows < rows',
    'alter table chunks alter column body set storage external',
  ]
}
