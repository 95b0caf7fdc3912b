import type { RowItem } from '../api/runs.ts'

/** What a grid shows: rows by their place, some of which may still be on their way. */
export interface RowList {
  /** Rows in all; null until that is known. */
  readonly total: number | null
  readonly error: unknown
  /** Changes whenever anything of it does. */
  readonly version: number
  row(place: number): RowItem | undefined
  /** The places that are on screen: they are loaded first, then what lies around them. */
  want(first: number, last: number): void
  /** Waits for rows that are needed whole, e.g. to be copied. */
  load(first: number, last: number): Promise<readonly RowItem[]>
  /** Reads anew after an error. */
  refresh(): void
  subscribe(changed: () => void): () => void
}

/** Rows that are all here already. */
export function localRows(rows: readonly RowItem[]): RowList {
  return {
    total: rows.length,
    error: null,
    version: 0,
    row: (place) => rows[place],
    want: () => undefined,
    load: async (first, last) => rows.slice(first, last + 1),
    refresh: () => undefined,
    subscribe: () => () => undefined,
  }
}
