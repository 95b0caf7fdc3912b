import type { RowItem, RowsAnswer } from '../api/runs.ts'
import type { RowList } from './row-list.ts'

/** Rows of one request; the server answers 500 at most. */
const PAGE_ROWS = 200
/** Pages that stay in memory: 12,800 rows, whose texts the server has cut. */
const MOST_PAGES = 64
const MOST_REQUESTS = 4
/** Pages read ahead in the direction of scrolling, and behind. */
const AHEAD = 3
const BEHIND = 1

export type FetchPage = (offset: number, limit: number, signal: AbortSignal) => Promise<RowsAnswer>

interface Page {
  readonly rows: readonly RowItem[]
  /** Shown until its newer version is here. */
  isStale: boolean
}

/** Rows of the server by their place: pages around what is on screen, the longest unused ones forgotten. */
export class RemoteRows implements RowList {
  readonly #fetch: FetchPage
  /** In the order of their last use. */
  readonly #pages = new Map<number, Page>()
  readonly #requests = new Map<number, AbortController>()
  readonly #watchers = new Set<() => void>()
  #wanted: readonly number[] = [0]
  #visible: { readonly first: number; readonly last: number } = { first: 0, last: 0 }
  #direction: 1 | -1 = 1
  #isClosed = false
  total: number | null = null
  error: unknown = null
  version = 0

  constructor(fetch: FetchPage) {
    this.#fetch = fetch
  }

  row(place: number): RowItem | undefined {
    return this.#pages.get(Math.floor(place / PAGE_ROWS))?.rows[place % PAGE_ROWS]
  }

  want(first: number, last: number): void {
    if (first !== this.#visible.first) this.#direction = first > this.#visible.first ? 1 : -1
    this.#visible = { first, last }
    this.#isClosed = false
    this.#plan()
  }

  async load(first: number, last: number): Promise<readonly RowItem[]> {
    const rows: RowItem[] = []
    for (let index = Math.floor(first / PAGE_ROWS); index * PAGE_ROWS <= last; index += 1) {
      const known = this.#pages.get(index)
      const page = known?.rows ?? (await this.#fetch(index * PAGE_ROWS, PAGE_ROWS, new AbortController().signal)).items
      const start = index * PAGE_ROWS
      rows.push(...page.slice(Math.max(0, first - start), last - start + 1))
    }
    return rows
  }

  /** The run has more rows; `total` when it is known without asking. */
  grow(total: number | null): void {
    const isPlain = total !== null
    if (isPlain && (this.total ?? 0) >= total) return
    for (const page of this.#pages.values()) if (!isPlain || page.rows.length < PAGE_ROWS) page.isStale = true
    if (isPlain) this.total = total
    this.#plan()
    this.#changed()
  }

  /** Reads what is on screen anew. */
  refresh(): void {
    this.error = null
    this.grow(null)
  }

  /** Ends what is on its way; a later `want` begins anew. */
  close(): void {
    this.#isClosed = true
    for (const request of this.#requests.values()) request.abort()
    this.#requests.clear()
  }

  subscribe(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  #plan(): void {
    const first = Math.floor(this.#visible.first / PAGE_ROWS)
    const last = Math.floor(this.#visible.last / PAGE_ROWS)
    const wanted: number[] = []
    for (let page = first; page <= last; page += 1) wanted.push(page)
    const [ahead, behind] = this.#direction === 1 ? [last, first] : [first, last]
    for (let step = 1; step <= AHEAD; step += 1) wanted.push(ahead + step * this.#direction)
    for (let step = 1; step <= BEHIND; step += 1) wanted.push(behind - step * this.#direction)
    const end = this.total === null ? 1 : Math.ceil(this.total / PAGE_ROWS)
    this.#wanted = wanted.filter((page) => page >= 0 && page < Math.max(1, end))
    for (const [page, request] of this.#requests) {
      if (this.#wanted.includes(page)) continue
      request.abort()
      this.#requests.delete(page)
    }
    this.#start()
  }

  #start(): void {
    for (const index of this.#wanted) {
      if (this.#isClosed || this.#requests.size >= MOST_REQUESTS) return
      const page = this.#pages.get(index)
      if (page !== undefined) {
        this.#pages.delete(index)
        this.#pages.set(index, page)
      }
      if (this.#requests.has(index) || (page !== undefined && !page.isStale)) continue
      void this.#read(index)
    }
  }

  async #read(index: number): Promise<void> {
    const request = new AbortController()
    this.#requests.set(index, request)
    const totalBefore = this.total
    try {
      const answer = await this.#fetch(index * PAGE_ROWS, PAGE_ROWS, request.signal)
      if (request.signal.aborted) return
      // A page that was read while the run grew is complete only when it is full or when nothing came meanwhile.
      const isStale = answer.items.length < PAGE_ROWS && this.total !== totalBefore
      this.#pages.delete(index)
      this.#pages.set(index, { rows: answer.items, isStale })
      this.total = Math.max(answer.total ?? 0, this.total !== totalBefore ? (this.total ?? 0) : 0)
      this.error = null
    } catch (error) {
      if (request.signal.aborted) return
      this.error = error
    } finally {
      if (this.#requests.get(index) === request) this.#requests.delete(index)
    }
    this.#forgetOldest()
    this.#changed()
    if (this.error === null) this.#start()
  }

  #forgetOldest(): void {
    for (const index of this.#pages.keys()) {
      if (this.#pages.size <= MOST_PAGES) return
      if (!this.#wanted.includes(index)) this.#pages.delete(index)
    }
  }

  #changed(): void {
    this.version += 1
    for (const watcher of this.#watchers) watcher()
  }
}
