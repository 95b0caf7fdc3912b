import type { RunId } from '@askfirst/protocol/ids.ts'
import type { RowFilter, RowSort, Run } from '../store/entities.ts'
import { ROW_SORTS } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { FieldFilter } from './field-filter.ts'
import { compareFields, fieldOf, meetsAll } from './field-filter.ts'
import { scanRows, tooMany } from './scan-rows.ts'

/** Which rows of a run are wanted, and in which order. */
export interface RowQuery {
  readonly filter: RowFilter
  readonly where: readonly FieldFilter[]
  /** `n`, `at`, `level`, `provider`, or a field of the rows themselves. */
  readonly sort: string
  readonly descending: boolean
}

/** Bounds of what is put in order; rows whose fields decide are read one by one, so there may be fewer of them. */
export const ORDER_LIMITS = { positions: 500_000, scannedRows: 20_000, cachedPositions: 4_000_000 } as const

interface Entry {
  readonly positions: Uint32Array
  /** Rows of the run that were looked at. */
  readonly seen: number
}

/**
 * Positions of rows under a query, kept while people scroll through them: any page is then a look-up by position. What
 * a growing run adds is appended where the order allows it.
 */
export class OrderCache {
  readonly #store: Store
  readonly #entries = new Map<string, Promise<Entry>>()
  readonly #sizes = new Map<string, number>()

  constructor(store: Store) {
    this.#store = store
  }

  /** @throws AskFirstError RUN_ROWS_TOO_MANY */
  async positions(run: Run, query: RowQuery): Promise<Uint32Array> {
    const key = JSON.stringify([run.id, query])
    const known = this.#entries.get(key)
    const made = (async () => {
      // A failure before is told to whoever asked then; this call tries anew.
      const entry = await known?.catch(() => undefined)
      return entry !== undefined && entry.seen >= run.indexedRows ? entry : this.#make(run, query, entry)
    })()
    this.#entries.delete(key)
    this.#entries.set(key, made)
    try {
      const entry = await made
      this.#sizes.set(key, entry.positions.length)
      this.#forgetOldest()
      return entry.positions
    } catch (error) {
      if (this.#entries.get(key) === made) this.#forget(key)
      throw error
    }
  }

  async #make(run: Run, query: RowQuery, before: Entry | undefined): Promise<Entry> {
    const grows = query.sort === 'n' && !query.descending && before !== undefined
    const from = grows ? before.seen : 0
    const added = await this.#read(run, query, from)
    const positions = grows ? joined(before.positions, added) : added
    if (positions.length > ORDER_LIMITS.positions) throw tooMany(ORDER_LIMITS.positions)
    // Rows that were indexed while this was read may be among them already; they must not come twice.
    const last = query.sort === 'n' && !query.descending ? (added.at(-1) ?? -1) + 1 : 0
    return { positions, seen: Math.max(run.indexedRows, last) }
  }

  #read(run: Run, query: RowQuery, from: number): Promise<Uint32Array> {
    const { filter, sort, descending } = query
    if (query.where.length > 0 || !isColumn(sort)) return scanned(this.#store, { id: run.id, query, from })
    const limit = ORDER_LIMITS.positions + 1
    return this.#store.runs.rowOrder(run.id, { filter, sort, descending, from, limit })
  }

  #forgetOldest(): void {
    let total = this.#sizes.values().reduce((sum, size) => sum + size, 0)
    for (const [key] of this.#entries) {
      if (total <= ORDER_LIMITS.cachedPositions && this.#entries.size <= 256) return
      total -= this.#sizes.get(key) ?? 0
      this.#forget(key)
    }
  }

  #forget(key: string): void {
    this.#entries.delete(key)
    this.#sizes.delete(key)
  }
}

function isColumn(sort: string): sort is RowSort {
  return ROW_SORTS.some((name) => name === sort)
}

function joined(first: Uint32Array, second: Uint32Array): Uint32Array {
  const all = new Uint32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

interface Found {
  readonly n: number
  readonly key: unknown
}

async function scanned(
  store: Store,
  of: { readonly id: RunId; readonly query: RowQuery; readonly from: number },
): Promise<Uint32Array> {
  const { filter, where, sort, descending } = of.query
  const found: Found[] = []
  for await (const row of scanRows(store, { id: of.id, filter, from: of.from, most: ORDER_LIMITS.scannedRows })) {
    if (!meetsAll(row.row, where)) continue
    found.push({ n: row.n, key: sortKey(row, sort) })
  }
  const sign = descending ? -1 : 1
  if (sort === 'n') found.sort((left, right) => sign * (left.n - right.n))
  else found.sort((left, right) => compareFields(left.key, right.key, sign) || left.n - right.n)
  return Uint32Array.from(found, ({ n }) => n)
}

const WORST_FIRST: Readonly<Record<string, number>> = {
  critical: 0,
  error: 1,
  failed: 2,
  warning: 3,
  information: 4,
  verbose: 5,
}

function sortKey(
  row: { readonly at: string | null; readonly level: string | null; readonly provider: string | null } & {
    readonly row: Readonly<Record<string, unknown>>
  },
  sort: string,
): unknown {
  if (sort === 'at') return row.at
  if (sort === 'provider') return row.provider
  if (sort === 'level') return row.level === null ? null : (WORST_FIRST[row.level] ?? row.level)
  return fieldOf(row.row, sort)
}
