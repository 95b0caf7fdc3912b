import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RowRange } from './local-operations.ts'

/**
 * Reads numbers and ranges like `3,7-9` (from 1), puts them in order and joins what touches. An empty text is no range.
 *
 * @throws AskFirstError LOCAL_REQUEST_INVALID for anything else
 */
export function parseRanges(text: string): RowRange[] {
  if (text.trim() === '') return []
  const ranges = text.split(',').map((part) => {
    const match = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(part)
    const from = Number(match?.[1] ?? 0)
    const to = Number(match?.[2] ?? from)
    if (match === null || from < 1 || to < from)
      throw new AskFirstError('LOCAL_REQUEST_INVALID', `"${part}" is not a row number or a range like 7-9.`)
    return { from, to }
  })
  return joined(ranges)
}

/** Writes ranges as `parseRanges` reads them. */
export function formatRanges(ranges: readonly RowRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',')
}

/** Ranges that cover exactly the given numbers. */
export function rangesOf(numbers: Iterable<number>): RowRange[] {
  return joined([...numbers].map((number) => ({ from: number, to: number })))
}

/** Whether a row number lies in one of the ranges. */
export function inRanges(ranges: readonly RowRange[], number: number): boolean {
  return ranges.some(({ from, to }) => number >= from && number <= to)
}

function joined(ranges: readonly RowRange[]): RowRange[] {
  const result: RowRange[] = []
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && range.from <= last.to + 1)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else result.push(range)
  }
  return result
}
