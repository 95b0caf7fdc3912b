import type { RunId } from '@askfirst/protocol/ids.ts'
import type { IndexedRow, RowFilter } from '../entities.ts'
import { linesOf } from '../row-blocks/chunk-lines.ts'
import type { BlockFilter, Match } from '../row-blocks/filter-block.ts'
import { matchOf, passingRows, toBlockFilter } from '../row-blocks/filter-block.ts'
import type { BlockColumns, RowBlock } from '../row-blocks/row-block.ts'
import { columnsOf, readColumns } from '../row-blocks/row-block.ts'
import { boundedLimit } from './page.ts'
import { rowText, searchWords } from './search-words.ts'
import type { SqlContext } from './tables.ts'
import { ROWS_PER_RUN } from './tables.ts'

/** Most rows of one page; a page of the longest rows is 32 MiB at most. */
const MAX_ROWS_READ = 500
/** Blocks that are looked at together: few at first, since most pages are found in one. Chunks of 64 are at most 16 MiB. */
const MAX_BLOCKS_READ = 64
const BLOCKS_GROW = 4

interface Search {
  readonly run: number
  readonly filter: BlockFilter
}
type Block = Omit<RowBlock, 'seq'> & { readonly chunkId: number }
/** Rows of one block that the page takes, if their words are really there. */
interface Hits {
  readonly block: Block
  readonly rows: readonly number[]
}

/** A page of rows in order of position; see RunStore.rows. */
export async function readRows(
  { db }: SqlContext,
  page: { id: RunId; filter: RowFilter; after: number; limit: number },
): Promise<IndexedRow[]> {
  const run = await db.selectFrom('runs').select('id').where('public_id', '=', page.id).executeTakeFirst()
  if (run === undefined) return []
  const search = { run: run.id, filter: toBlockFilter(page.filter) }
  const limit = boundedLimit(page.limit, MAX_ROWS_READ)
  const found: IndexedRow[] = []
  let next = Math.min(page.after, ROWS_PER_RUN) + 1
  for (let count = 1; found.length < limit; count = Math.min(count * BLOCKS_GROW, MAX_BLOCKS_READ)) {
    const blocks = await readBlocks(db, search, { next, count })
    const last = blocks.at(-1)
    if (last === undefined) break
    const hits = await findHits(db, search, { blocks, next, limit: limit - found.length })
    found.push(...(await readHits(db, search, hits.taken)))
    next = hits.more ?? last.firstRow + last.rows
  }
  return found
}

type Db = SqlContext['db']

/** Rows of one block that pass a filter, by their place in it. */
interface PassingBlock {
  readonly firstRow: number
  readonly rows: readonly number[]
  readonly columns: BlockColumns
}

/** The blocks of a run with rows that pass, from a row on, a few at a time. Words are compared by their hashes only. */
export async function* passingBlocks(
  db: Db,
  of: { readonly run: number; readonly filter: RowFilter; readonly from: number },
): AsyncGenerator<PassingBlock> {
  const search = { run: of.run, filter: toBlockFilter(of.filter) }
  let next = of.from
  for (let count = BLOCKS_GROW; ; count = Math.min(count * BLOCKS_GROW, MAX_BLOCKS_READ)) {
    const blocks = await readBlocks(db, search, { next, count })
    const last = blocks.at(-1)
    if (last === undefined) return
    for (const { block, match } of await matchingBlocks(db, search, blocks)) {
      const { firstRow } = block
      const rows = passingRows(block, match, search.filter).filter((row) => firstRow + row >= of.from)
      if (rows.length > 0) yield { firstRow, rows, columns: match.columns }
    }
    next = last.firstRow + last.rows
  }
}

/** Rows at positions, which ascend; those that are not indexed are left out. */
export async function readBlockRows(db: Db, run: number, positions: readonly number[]): Promise<IndexedRow[]> {
  const byBlock = await placesByBlock(db, run, positions)
  const ids = [...byBlock.keys()]
  const search = { run, filter: toBlockFilter({}) }
  const found: IndexedRow[] = []
  for (let at = 0; at < ids.length; at += MAX_BLOCKS_READ) {
    const blocks = await db
      .selectFrom('row_blocks')
      .select(['id', 'chunk_id', 'rows', 'columns'])
      .where('id', 'in', ids.slice(at, at + MAX_BLOCKS_READ))
      .orderBy('id')
      .execute()
    const hits = blocks.map(({ id, chunk_id, rows, columns }) => {
      const block = { firstRow: id - run * ROWS_PER_RUN, chunkId: chunk_id, rows, columns, ...NO_WORDS }
      return { block, rows: byBlock.get(id) ?? [] }
    })
    found.push(...(await readHits(db, search, hits)))
  }
  return found
}

const NO_WORDS = { words: new Uint8Array(), vocabulary: new Uint8Array(), postings: new Uint8Array() }

/** For each block that holds one of the positions (by its key) their places in it. */
async function placesByBlock(db: Db, run: number, positions: readonly number[]): Promise<Map<number, number[]>> {
  const first = run * ROWS_PER_RUN
  const heads = await db
    .selectFrom('row_blocks')
    .select(['id', 'rows'])
    .where('id', '>=', first)
    .where('id', '<=', first + (positions.at(-1) ?? 0))
    .orderBy('id')
    .execute()
  const places = new Map<number, number[]>()
  let at = 0
  for (const { id, rows } of heads) {
    const start = id - first
    for (let n = positions[at]; n !== undefined && n < start + rows; n = positions[at]) {
      if (n >= start) places.set(id, [...(places.get(id) ?? []), n - start])
      at += 1
    }
  }
  return places
}

/** Blocks from the one with row `next` on, with columns, and with words when some are asked for. */
async function readBlocks(db: Db, { run, filter }: Search, { next, count }: { next: number; count: number }) {
  const first = run * ROWS_PER_RUN
  const start = await db
    .selectFrom('row_blocks')
    .select(({ fn }) => fn.max('id').as('id'))
    .where('id', '>=', first)
    .where('id', '<=', first + next)
    .executeTakeFirst()
  const rows = await db
    .selectFrom('row_blocks')
    .select(['id', 'chunk_id', 'rows', 'columns'])
    .$if(filter.words.length > 0, (query) => query.select(['words', 'vocabulary']))
    .where('id', '>=', Number(start?.id ?? first))
    .where('id', '<', first + ROWS_PER_RUN)
    .orderBy('id')
    .limit(count)
    .execute()
  return rows
    .map(({ id, chunk_id, rows, columns, words, vocabulary }) => ({
      ...{ firstRow: id - first, chunkId: chunk_id, rows, columns },
      ...{ words: words ?? NO_WORDS.words, vocabulary: vocabulary ?? NO_WORDS.vocabulary },
    }))
    .filter(({ firstRow, rows: size }) => firstRow + size > next)
}

/** The first rows that pass from `next` on, at most `limit`; `more` is the row to go on with when the blocks have more. */
async function findHits(
  db: Db,
  search: Search,
  look: { blocks: readonly Omit<Block, 'postings'>[]; next: number; limit: number },
): Promise<{ readonly taken: readonly Hits[]; readonly more: number | null }> {
  const taken: Hits[] = []
  let left = look.limit
  for (const { block, match } of await matchingBlocks(db, search, look.blocks)) {
    const passing = passingRows(block, match, search.filter).filter((row) => block.firstRow + row >= look.next)
    const rows = passing.slice(0, left)
    if (rows.length > 0) taken.push({ block, rows })
    left -= rows.length
    if (left === 0) return { taken, more: block.firstRow + (rows.at(-1) ?? 0) + 1 }
  }
  return { taken, more: null }
}

/** The blocks whose rows may pass, with their postings. */
async function matchingBlocks(db: Db, search: Search, blocks: readonly Omit<Block, 'postings'>[]) {
  const matching = blocks.flatMap((block): { block: Omit<Block, 'postings'>; match: Match }[] => {
    const match = matchOf(block, search.filter)
    return match === null ? [] : [{ block, match }]
  })
  const postings = await readPostings(
    db,
    search,
    matching.map(({ block }) => block),
  )
  return matching.map(({ block, match }) => {
    const withPostings: Block = { ...block, postings: postings.get(block.firstRow) ?? new Uint8Array() }
    return { block: withPostings, match }
  })
}

/** Postings by the first row of their block; none are read when no words are asked for. */
async function readPostings(db: Db, { run, filter }: Search, blocks: readonly Pick<Block, 'firstRow'>[]) {
  if (filter.words.length === 0 || blocks.length === 0) return new Map<number, Uint8Array>()
  const first = run * ROWS_PER_RUN
  const ids = blocks.map(({ firstRow }) => first + firstRow)
  const rows = await db.selectFrom('row_blocks').select(['id', 'postings']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, postings }) => [id - first, postings]))
}

/** The rows themselves, from their chunks. */
async function readHits(db: Db, { filter }: Search, hits: readonly Hits[]): Promise<IndexedRow[]> {
  if (hits.length === 0) return []
  const ids = hits.map(({ block }) => block.chunkId)
  const chunks = await db.selectFrom('chunks').select(['id', 'raw_bytes', 'body']).where('id', 'in', ids).execute()
  const byId = new Map(chunks.map(({ id, raw_bytes, body }) => [id, { rawBytes: raw_bytes, body }]))
  const pages = await Promise.all(
    hits.map(async ({ block, rows }) => {
      const chunk = byId.get(block.chunkId)
      if (chunk === undefined) throw new Error(`The chunk ${block.chunkId} is indexed but not there`)
      const lines = await linesOf(chunk, rows)
      const columns = readColumns(block.columns, block.rows)
      return rows.map((row, at) => ({ n: block.firstRow + row, ...columnsOf(columns, row), json: lines[at] ?? '' }))
    }),
  )
  return pages.flat().filter(({ json }) => hasWords(json, filter.words))
}

/** Hashes of words may coincide; the row itself says whether it has words that begin so. */
function hasWords(json: string, asked: BlockFilter['words']): boolean {
  if (asked.length === 0) return true
  const words = searchWords(rowText(json))
  return asked.every(({ word: beginning }) => words.some((word) => word.startsWith(beginning)))
}
