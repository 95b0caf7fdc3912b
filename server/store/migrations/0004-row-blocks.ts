import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/**
 * The index of rows as one block for each chunk instead of a record and words for each row (decisions/0024). What was
 * indexed goes, and the indexer makes it again from the chunks.
 */
export async function createRowBlocks(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
}

function statements({ kind, reference, bytes }: ColumnTypes): string[] {
  return [
    `create table row_blocks (id ${reference} primary key, chunk_id ${reference} not null, rows integer not null,
      columns ${bytes} not null, words ${bytes} not null, postings ${bytes} not null)`,
    ...(kind === 'sqlite' ? ['drop table row_words'] : []),
    'drop table run_rows',
    'update runs set indexed_rows = 0 where indexed_rows > 0',
  ]
}
