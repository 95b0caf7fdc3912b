import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/**
 * Blocks of the row index hold their words as well, so that beginnings of words are found (decisions/0024). What was
 * indexed goes, and the indexer makes it again from the chunks.
 */
export async function addVocabulary(db: Kysely<unknown>, { reference, bytes }: ColumnTypes): Promise<void> {
  const statements = [
    'drop table row_blocks',
    `create table row_blocks (id ${reference} primary key, chunk_id ${reference} not null, rows integer not null,
      columns ${bytes} not null, words ${bytes} not null, vocabulary ${bytes} not null, postings ${bytes} not null)`,
    'update runs set indexed_rows = 0 where indexed_rows > 0',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
