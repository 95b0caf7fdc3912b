import type { RunId } from '@askfirst/protocol/ids.ts'
import type { CommandResult } from '../../local/commands.ts'
import type { AgentCaller } from '../agent-caller.ts'

export const ROWS_PER_PAGE = 50
const BATCH = 200

type Row = CommandResult<'review.rows'>['rows'][number]

/** One page of rows that are looked for. */
export interface FoundRows {
  readonly rows: readonly Row[]
  /** How many there are on all pages. */
  readonly total: number
  /** Numbers of all that were found; empty without a search, where it is all of them. */
  readonly numbers: readonly number[]
}

/** Rows of a run that waits, one page; with a search only those that contain the text, in any case. */
export async function foundRows(
  agent: AgentCaller,
  held: { readonly runId: RunId; readonly rows: number },
  wanted: { readonly search: string; readonly page: number },
): Promise<FoundRows> {
  const first = (wanted.page - 1) * ROWS_PER_PAGE
  if (wanted.search === '') {
    const { runId } = held
    const { rows } = await agent.call('review.rows', { runId, after: first, limit: ROWS_PER_PAGE })
    return { rows, total: held.rows, numbers: [] }
  }
  const text = wanted.search.toLowerCase()
  const found: Row[] = []
  const numbers: number[] = []
  for await (const row of allRows(agent, held.runId)) {
    if (!row.json.toLowerCase().includes(text)) continue
    if (numbers.length >= first && found.length < ROWS_PER_PAGE) found.push(row)
    numbers.push(row.number)
  }
  return { rows: found, total: numbers.length, numbers }
}

async function* allRows(agent: AgentCaller, runId: RunId): AsyncGenerator<Row, void, undefined> {
  let after = 0
  for (;;) {
    const { rows } = await agent.call('review.rows', { runId, after, limit: BATCH })
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.number
  }
}
