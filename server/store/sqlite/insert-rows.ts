import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SearchableRow } from '../sql/flavour.ts'

/** Adds rows to the index with prepared statements; a row that is there already is passed over with its words. */
export function rowInserter(database: DatabaseSync): (rows: readonly SearchableRow[]) => void {
  let statements: { readonly row: StatementSync; readonly words: StatementSync } | undefined
  return (rows) => {
    statements ??= {
      row: database.prepare(
        'insert into run_rows (id, at, level, provider, json) values (?, ?, ?, ?, ?) on conflict (id) do nothing',
      ),
      words: database.prepare('insert into row_words (rowid, words) values (?, ?)'),
    }
    for (const { id, at, level, provider, json, text } of rows) {
      const { changes } = statements.row.run(id, at, level, provider, json)
      if (Number(changes) === 1) statements.words.run(id, text)
    }
  }
}
