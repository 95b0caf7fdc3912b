import type { RowColumns } from '../store/row-blocks/row-block.ts'

const INSTANT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/
const INSTANT_LENGTH = 24
const MAX_COLUMN_LENGTH = 256

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
export function rowColumns(collector: string, row: Row): RowColumns {
  const fields = COLUMNS[collector] ?? {}
  const at = text(row, fields.at)
  return {
    atMs: at === null ? null : instantMs(at),
    level: withoutNul(text(row, fields.level)),
    provider: withoutNul(text(row, fields.provider)),
  }
}

/** Unix time of an instant in UTC with milliseconds; null for any other text, and for a day that does not exist. */
function instantMs(at: string): number | null {
  if (at.length !== INSTANT_LENGTH || !INSTANT.test(at)) return null
  const ms = Date.parse(at)
  if (Number.isNaN(ms)) return null
  // 31 February is taken for a day in March: what is read must be what was written.
  return Number(at.slice(8, 10)) <= 28 || new Date(ms).toISOString() === at ? ms : null
}

function text(row: Row, field: string | undefined): string | null {
  const value = field === undefined ? null : row[field]
  return typeof value === 'string' && value.length <= MAX_COLUMN_LENGTH ? value : null
}

/** Rows come from agents that may be hostile: U+0000 is shown as U+FFFD wherever a person may filter by it. */
function withoutNul(text: string | null): string | null {
  return text?.includes('\0') === true ? text.replaceAll('\0', '\ufffd') : text
}
