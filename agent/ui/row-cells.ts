import { plainText } from '@askfirst/protocol/notice/plain-text.ts'

/** Longest text of one cell. */
const MAX_CELL = 400

/** A value of a row as one line of text that cannot turn, hide or break anything around it. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value === '' ? '' : plainText(value, MAX_CELL)
  return plainText(JSON.stringify(value), MAX_CELL)
}

/** A row from its line of JSON; what is not an object becomes one with a single column. */
export function parseRow(json: string): Readonly<Record<string, unknown>> {
  const row: unknown = JSON.parse(json)
  // Checked to be an object; its fields are read one by one.
  return typeof row === 'object' && row !== null && !Array.isArray(row)
    ? (row as Readonly<Record<string, unknown>>)
    : { value: row }
}

/** All columns of rows, in the order in which they are first met. */
export function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))]
}
