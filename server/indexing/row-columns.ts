import type { IndexedRow } from '../store/entities.ts'

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const MAX_COLUMN_LENGTH = 256

type Columns = Pick<IndexedRow, 'at' | 'level' | 'provider'>
type Row = Readonly<Record<string, unknown>>

/** Where each collector's rows carry what people filter by (protocol/results/); what is not listed has no such column. */
const COLUMNS: Readonly<Record<string, { readonly at?: string; readonly level?: string; readonly provider?: string }>> =
  {
    'eventlog.query': { at: 'time', level: 'level', provider: 'provider' },
    'change.recent': { at: 'time', level: 'kind', provider: 'source' },
    'process.list': { at: 'startedAt', provider: 'name' },
    'service.list': { level: 'state', provider: 'source' },
  }

/** Time, level and provider of a row; null where it has none or has something else there. */
export function rowColumns(collector: string, row: Row): Columns {
  const fields = COLUMNS[collector] ?? {}
  const at = text(row, fields.at)
  return {
    at: at !== null && INSTANT.test(at) ? at : null,
    level: text(row, fields.level),
    provider: text(row, fields.provider),
  }
}

function text(row: Row, field: string | undefined): string | null {
  const value = field === undefined ? null : row[field]
  return typeof value === 'string' && value.length <= MAX_COLUMN_LENGTH ? value : null
}
