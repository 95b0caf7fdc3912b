import type { Completeness } from '@askfirst/protocol/completeness.ts'

export interface RunView {
  readonly id: string
  readonly ticketId: string
  readonly deviceId: string
  readonly requestId: string
  readonly grantId: string
  readonly technicianId: string
  readonly collector: string
  readonly params: Readonly<Record<string, unknown>>
  readonly state: RunState
  readonly refusedCode: string | null
  readonly rows: number
  readonly rawBytes: number
  readonly indexedRows: number
  readonly completeness: Completeness | null
  readonly orderedAt: string
  readonly acceptedAt: string | null
  readonly firstRowAt: string | null
  readonly endedAt: string | null
  readonly withheld: string | null
}

export type RunState = 'ordered' | 'accepted' | 'review' | 'refused' | Completeness['state']

/** A row as lists show it: long texts are cut. */
export interface RowItem {
  readonly n: number
  readonly at: string | null
  readonly level: string | null
  readonly provider: string | null
  readonly row: Readonly<Record<string, unknown>>
}

export interface RowsAnswer {
  readonly items: readonly RowItem[]
  readonly next: string | null
  readonly total: number | null
  readonly offset: number | null
}

interface ValueCount {
  readonly value: string | null
  readonly count: number
}

export interface FacetsAnswer {
  readonly total: number
  readonly levels: readonly ValueCount[]
  readonly providers: readonly ValueCount[]
  readonly firstAt: string | null
  readonly lastAt: string | null
  readonly kinds: readonly { readonly id: string; readonly provider: string | null; readonly count: number }[] | null
}

export interface TimesAnswer {
  readonly bucketMs: number
  readonly buckets: readonly {
    readonly at: string
    readonly count: number
    readonly bad: number
    readonly warnings: number
    readonly worst: string | null
  }[]
}

/** What the rows routes take as a filter; `where` may stand more than once. */
export interface RowFilter {
  readonly q?: string
  readonly level?: string
  readonly provider?: string
  readonly from?: string
  readonly to?: string
  readonly where?: readonly string[]
}

export interface RowOrder {
  readonly sort: string
  readonly order: 'asc' | 'desc'
}

/** Path of one of the rows routes with filter, order and more. */
export function rowsPath(
  runId: string,
  route: '' | '/facets' | '/histogram' | '/download',
  query: RowFilter & Partial<RowOrder>,
  more: Readonly<Record<string, string | number>> = {},
): string {
  const { where = [], ...texts } = query
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries({ ...texts, ...more }))
    if (value !== undefined) params.set(key, String(value))
  for (const condition of where) params.append('where', condition)
  return `/api/runs/${encodeURIComponent(runId)}/rows${route}?${params.toString()}`
}
