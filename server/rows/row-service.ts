import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { IndexedRow, RowFacets, Run } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { Histogram } from './histogram.ts'
import { grainFor, histogramOf } from './histogram.ts'
import { knownColumns } from './known-columns.ts'
import type { RowQuery } from './order-cache.ts'
import { ORDER_LIMITS, OrderCache } from './order-cache.ts'
import { csvHead, csvLine, jsonLine } from './row-files.ts'
import type { ParsedRow } from './scan-rows.ts'
import { parseRow, scanRows } from './scan-rows.ts'
import type { EventKind } from './scanned-facets.ts'
import { addFacet, countFacets, emptyCounts } from './scanned-facets.ts'

const ROWS_PER_READ = 500
const MOST_VALUES = 50
/** Rows whose fields name the columns of a file when the collector is not known here. */
const ROWS_FOR_COLUMNS = 500

export interface RowPage {
  readonly rows: readonly ParsedRow[]
  /** Rows that the query leaves. */
  readonly total: number
  /** Place of the first of `rows` among them. */
  readonly offset: number
}

export interface Facets extends RowFacets {
  /** The most frequent kinds; null when there are too many rows to count them. */
  readonly kinds: readonly EventKind[] | null
}

export interface DownloadOrder {
  readonly format: 'csv' | 'ndjson'
  /** Null: all. */
  readonly columns: readonly string[] | null
}

/** Rows of runs as people look at them: any page in any order, counts, times, single rows, files. */
export class RowService {
  readonly #store: Store
  readonly #clock: Clock
  readonly #orders: OrderCache

  constructor({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
    this.#store = store
    this.#clock = clock
    this.#orders = new OrderCache(store)
  }

  /**
   * A page at a place among the rows that a query leaves; with `around` the page of that size that holds row number
   * `around`, and the place of `offset` when the query leaves it out.
   *
   * @throws AskFirstError RUN_UNKNOWN, RUN_ROWS_WITHHELD, RUN_ROWS_TOO_MANY
   */
  async page(
    id: RunId,
    query: RowQuery,
    at: { readonly offset: number; readonly limit: number; readonly around: number | null },
  ): Promise<RowPage> {
    const run = await this.#readable(id)
    if (isWhole(query)) {
      const total = run.indexedRows
      const place =
        at.around === null || at.around >= total ? null : query.descending ? total - 1 - at.around : at.around
      const offset = place === null ? at.offset : place - (place % at.limit)
      return { rows: await this.#wholePage(run, query.descending, { offset, limit: at.limit }), total, offset }
    }
    const positions = await this.#orders.positions(run, query)
    const place = at.around === null ? -1 : positions.indexOf(at.around)
    const offset = place < 0 ? at.offset : place - (place % at.limit)
    const wanted = [...positions.subarray(offset, offset + at.limit)]
    return { rows: (await this.#rowsAt(run, wanted)).map(parsed), total: positions.length, offset }
  }

  /** One row with all that it holds. @throws AskFirstError RUN_UNKNOWN, RUN_ROWS_WITHHELD, NOT_FOUND */
  async row(id: RunId, n: number): Promise<ParsedRow> {
    const [row] = await this.#rowsAt(await this.#readable(id), [n])
    if (row === undefined) throw new AskFirstError('NOT_FOUND', `The run has no row ${n} that can be read.`)
    return parsed(row)
  }

  /** @throws AskFirstError RUN_UNKNOWN, RUN_ROWS_WITHHELD, RUN_ROWS_TOO_MANY */
  async facets(id: RunId, query: Pick<RowQuery, 'filter' | 'where'>): Promise<Facets> {
    const run = await this.#readable(id)
    const facets = query.where.length > 0 ? null : await this.#store.runs.rowFacets(id, query.filter, MOST_VALUES)
    if (facets !== null && facets.total > ORDER_LIMITS.scannedRows) return { ...facets, kinds: null }
    const counts = emptyCounts()
    const scan = { id: run.id, ...query, from: 0, most: ORDER_LIMITS.scannedRows }
    for await (const row of scanRows(this.#store, scan)) addFacet(counts, row, query.where)
    return { ...countFacets(counts, MOST_VALUES), ...facets }
  }

  /** @throws AskFirstError RUN_UNKNOWN, RUN_ROWS_WITHHELD, RUN_ROWS_TOO_MANY */
  async histogram(id: RunId, query: Pick<RowQuery, 'filter' | 'where'>, most: number): Promise<Histogram> {
    const run = await this.#readable(id)
    if (query.where.length > 0) {
      const counts = emptyCounts()
      const scan = { id: run.id, ...query, from: 0, most: ORDER_LIMITS.scannedRows }
      for await (const row of scanRows(this.#store, scan)) addFacet(counts, row, query.where)
      return histogramOf(counts.times, most)
    }
    const { firstAt, lastAt } = await this.#store.runs.rowFacets(id, query.filter, 1)
    if (firstAt === null || lastAt === null) return { bucketMs: 0, buckets: [] }
    const span = Date.parse(lastAt) - Date.parse(firstAt)
    const { length } = grainFor(Number.isFinite(span) ? span : Number.POSITIVE_INFINITY)
    return histogramOf(await this.#store.runs.rowTimes(id, query.filter, length), most)
  }

  /**
   * The rows of a query as the lines of a file; nothing is read before it is asked for. It stands in the audit log,
   * because it takes collected data out of the server.
   *
   * @throws AskFirstError RUN_UNKNOWN, RUN_ROWS_WITHHELD, RUN_ROWS_TOO_MANY
   */
  async download(
    id: RunId,
    query: RowQuery,
    of: DownloadOrder & { readonly actor: Actor },
  ): Promise<{ readonly name: string; readonly lines: AsyncGenerator<string> }> {
    const run = await this.#readable(id)
    const positions = isWhole(query) ? null : await this.#orders.positions(run, query)
    const detail = { format: of.format, rows: positions?.length ?? run.indexedRows }
    const at = isoNow(this.#clock)
    await this.#store.audit.append({ at, actor: of.actor, action: 'run.downloaded', subject: id, detail })
    const columns = of.columns ?? (of.format === 'csv' ? await this.#columnsOf(run) : null)
    const pages = positions === null ? this.#wholePages(run, query.descending) : this.#pagesAt(run, positions)
    // The names of collectors are short words with dots (protocol/fields.ts), safe in a file's name.
    return { name: `${run.collector}-${run.id}.${of.format}`, lines: linesOf(pages, of.format, columns) }
  }

  async #readable(id: RunId): Promise<Run> {
    const run = await this.#store.runs.get(id)
    if (run === null) throw new AskFirstError('RUN_UNKNOWN', `There is no run ${id}.`)
    if (run.withheld !== null)
      throw new AskFirstError('RUN_ROWS_WITHHELD', `No rows of ${id} are shown: ${run.withheld}`)
    return run
  }

  async #rowsAt(run: Run, positions: readonly number[]): Promise<readonly IndexedRow[]> {
    return positions.length === 0 ? [] : this.#store.runs.rowsAt(run.id, positions)
  }

  /** Without a filter a row's place is its number, or counted from the end. */
  async #wholePage(
    run: Run,
    isDescending: boolean,
    at: { readonly offset: number; readonly limit: number },
  ): Promise<readonly ParsedRow[]> {
    const count = Math.min(at.limit, run.indexedRows - at.offset)
    if (count <= 0) return []
    const first = isDescending ? run.indexedRows - at.offset - count : at.offset
    const rows = (await this.#store.runs.rows(run.id, {}, first - 1, count)).map(parsed)
    return isDescending ? rows.reverse() : rows
  }

  async *#wholePages(run: Run, isDescending: boolean): AsyncGenerator<readonly ParsedRow[]> {
    for (let offset = 0; offset < run.indexedRows; offset += ROWS_PER_READ)
      yield await this.#wholePage(run, isDescending, { offset, limit: ROWS_PER_READ })
  }

  async *#pagesAt(run: Run, positions: Uint32Array): AsyncGenerator<readonly ParsedRow[]> {
    for (let at = 0; at < positions.length; at += ROWS_PER_READ)
      yield (await this.#rowsAt(run, [...positions.subarray(at, at + ROWS_PER_READ)])).map(parsed)
  }

  async #columnsOf(run: Run): Promise<readonly string[]> {
    const known = knownColumns(run.collector)
    if (known !== null) return known
    const rows = await this.#wholePage(run, false, { offset: 0, limit: ROWS_FOR_COLUMNS })
    return [...new Set(rows.flatMap(({ row }) => Object.keys(row)))]
  }
}

function isWhole({ filter, where, sort }: RowQuery): boolean {
  return sort === 'n' && where.length === 0 && Object.keys(filter).length === 0
}

function parsed({ json, ...row }: IndexedRow): ParsedRow {
  return { ...row, row: parseRow(json) }
}

async function* linesOf(
  pages: AsyncGenerator<readonly ParsedRow[]>,
  format: DownloadOrder['format'],
  columns: readonly string[] | null,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvHead(columns ?? [])
  for await (const rows of pages) {
    yield rows.map((row) => (format === 'csv' ? csvLine(row, columns ?? []) : jsonLine(row, columns))).join('')
  }
}
