import type { RowColumns } from '../store/row-blocks/row-block.ts'

const INSTANT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/
const INSTANT_LENGTH = 24
const MAX_COLUMN_LENGTH = 256
const DIGIT_ZERO = 0x30

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
  const day = startOfDay(at.slice(0, 10))
  if (day === null) return null
  const seconds = (digits(at, 11, 2) * 60 + digits(at, 14, 2)) * 60 + digits(at, 17, 2)
  return day + seconds * 1_000 + digits(at, 20, 3)
}

/** Rows of a chunk are mostly of one day. */
let known: { readonly day: string; readonly ms: number | null } = { day: '', ms: null }

function startOfDay(day: string): number | null {
  if (day === known.day) return known.ms
  const ms = Date.parse(`${day}T00:00:00.000Z`)
  // 31 February is taken for a day in March: what is read must be what was written.
  const isThere = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
  known = { day, ms: isThere ? ms : null }
  return known.ms
}

function digits(text: string, from: number, count: number): number {
  let number = 0
  for (let at = from; at < from + count; at += 1) number = 10 * number + text.charCodeAt(at) - DIGIT_ZERO
  return number
}

function text(row: Row, field: string | undefined): string | null {
  const value = field === undefined ? null : row[field]
  return typeof value === 'string' && value.length <= MAX_COLUMN_LENGTH ? value : null
}

/** Rows come from agents that may be hostile: U+0000 is shown as U+FFFD wherever a person may filter by it. */
function withoutNul(text: string | null): string | null {
  return text?.includes('\0') === true ? text.replaceAll('\0', '\ufffd') : text
}
