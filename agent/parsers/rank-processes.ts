import type { ProcessRow } from '@askfirst/protocol/results/process-list.ts'

export const PROCESS_ORDERS = ['cpu', 'memory', 'io', 'started', 'name'] as const
export type ProcessOrder = (typeof PROCESS_ORDERS)[number]

/** The first `top` processes in the wanted order; the busiest, largest or newest first, names from A to Z. */
export function rankProcesses<Row extends ProcessRow>(
  rows: readonly Row[],
  order: ProcessOrder,
  top: number,
): readonly Row[] {
  return rows.toSorted((a, b) => compare(a, b, order) || a.pid - b.pid).slice(0, top)
}

function compare(a: ProcessRow, b: ProcessRow, order: ProcessOrder): number {
  switch (order) {
    case 'cpu':
      return (b.cpuPercent ?? 0) - (a.cpuPercent ?? 0) || (b.cpuTimeMs ?? 0) - (a.cpuTimeMs ?? 0)
    case 'memory':
      return (b.rssBytes ?? 0) - (a.rssBytes ?? 0)
    case 'io':
      return ioRate(b) - ioRate(a) || ioTotal(b) - ioTotal(a)
    case 'started':
      return textOrder(b.startedAt ?? '', a.startedAt ?? '')
    case 'name':
      return textOrder(a.name.toLowerCase(), b.name.toLowerCase())
  }
}

function textOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function ioRate(row: ProcessRow): number {
  return (row.readBytesPerSecond ?? 0) + (row.writtenBytesPerSecond ?? 0)
}

function ioTotal(row: ProcessRow): number {
  return (row.readBytes ?? 0) + (row.writtenBytes ?? 0)
}
