import { setImmediate as nextTurn } from 'node:timers/promises'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { IndexedRow, RowFilter } from '../store/entities.ts'
import type { Store } from '../store/store.ts'

const ROWS_PER_READ = 500
/** Characters of JSON that are parsed before others have their turn; about 2 ms. */
const TURN_CHARACTERS = 262_144

export type ParsedRow = Omit<IndexedRow, 'json'> & { readonly row: Readonly<Record<string, unknown>> }

/** The one place that reads rows as they are for a filter or an order: in slices that hold up nobody, and bounded. */
export async function* scanRows(
  store: Store,
  of: { readonly id: RunId; readonly filter: RowFilter; readonly from: number; readonly most: number },
): AsyncGenerator<ParsedRow> {
  let [after, read, characters] = [of.from - 1, 0, 0]
  for (;;) {
    const page = await store.runs.rows(of.id, of.filter, after, ROWS_PER_READ)
    for (const { json, ...row } of page) {
      characters += json.length
      if (characters > TURN_CHARACTERS) {
        characters = 0
        await nextTurn()
      }
      read += 1
      if (read > of.most) throw tooMany(of.most)
      yield { ...row, row: parseRow(json) }
    }
    after = page.at(-1)?.n ?? after
    if (page.length < ROWS_PER_READ) return
  }
}

export function parseRow(json: string): Readonly<Record<string, unknown>> {
  // The indexer stores nothing but JSON objects.
  return JSON.parse(json) as Readonly<Record<string, unknown>>
}

export function tooMany(most: number): AskFirstError {
  return new AskFirstError(
    'RUN_ROWS_TOO_MANY',
    `At most ${most.toLocaleString('en')} rows can be filtered or sorted in this way.`,
    { details: { limit: most } },
  )
}
