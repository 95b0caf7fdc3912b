import { BYTE_ORDER_MARK, csvRow } from '../csv.ts'
import { fieldOf } from './field-filter.ts'
import type { ParsedRow } from './scan-rows.ts'

/** First line of a CSV file: the row's number, then the columns. */
export function csvHead(columns: readonly string[]): string {
  return `${BYTE_ORDER_MARK}${csvRow(['n', ...columns])}`
}

export function csvLine({ n, row }: Pick<ParsedRow, 'n' | 'row'>, columns: readonly string[]): string {
  return csvRow([String(n), ...columns.map((column) => fieldOf(row, column))])
}

/** One line of NDJSON: the row's number and the row, whole or with the chosen columns only. */
export function jsonLine({ n, row }: Pick<ParsedRow, 'n' | 'row'>, columns: readonly string[] | null): string {
  return `${JSON.stringify({ n, row: columns === null ? row : chosen(row, columns) })}\n`
}

/** The named fields of a row; those that it lacks are left out. */
export function chosen(row: ParsedRow['row'], columns: readonly string[]): Record<string, unknown> {
  const pairs = columns.map((column) => [column, fieldOf(row, column)] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined))
}

/** A row with its texts cut to a number of characters, for lists that show one line each; never through a character. */
export function cutRow(row: ParsedRow['row'], most: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cutValue(value, most)]))
}

function cutValue(value: unknown, most: number): unknown {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  if (typeof text !== 'string' || text.length <= most) return value
  return `${text.slice(0, most).toWellFormed()} …`
}
