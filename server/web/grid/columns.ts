import type { ReactNode } from 'react'
import { useMemo, useState } from 'react'
import type { RowItem } from '../api/runs.ts'

export interface Column {
  readonly id: string
  readonly title: string
  /** Width in px before the person changes it. */
  readonly width: number
  /** Text of the cell, also for the clipboard; numbers are told from texts there. */
  readonly value: (item: RowItem) => string | number
  /** How it looks when that is more than its text. */
  readonly show?: (item: RowItem) => ReactNode
  /** Name by which the rows are sorted; absent where they cannot be. */
  readonly sort?: string
  readonly isNumber?: boolean
  /** Not shown until it is chosen. */
  readonly isExtra?: boolean
}

interface Chosen {
  /** Columns that are shown against or with their default. */
  readonly shown: Readonly<Record<string, boolean>>
  readonly widths: Readonly<Record<string, number>>
}

const NOTHING: Chosen = { shown: {}, widths: {} }
const LEAST_PX = 48
const MOST_PX = 1_600

export interface ColumnLayout {
  readonly columns: readonly Column[]
  readonly isShown: (column: Column) => boolean
  readonly widthOf: (column: Column) => number
  readonly show: (id: string, isShown: boolean) => void
  readonly resize: (id: string, px: number) => void
  readonly reset: () => void
}

/** Which columns are shown and how wide, kept in this browser under a name such as the collector's. */
export function useColumnLayout(columns: readonly Column[], name: string): ColumnLayout {
  const key = `askfirst-columns-${name}`
  const [chosen, setChosen] = useState<Chosen>(() => stored(key))
  const keep = (next: Chosen) => {
    setChosen(next)
    localStorage.setItem(key, JSON.stringify(next))
  }
  const isShown = (column: Column) => chosen.shown[column.id] ?? column.isExtra !== true
  const shown = useMemo(() => {
    const some = columns.filter((column) => chosen.shown[column.id] ?? column.isExtra !== true)
    return some.length > 0 ? some : columns.slice(0, 1)
  }, [columns, chosen])
  return {
    columns: shown,
    isShown,
    widthOf: (column) => chosen.widths[column.id] ?? column.width,
    show: (id, isOn) => keep({ ...chosen, shown: { ...chosen.shown, [id]: isOn } }),
    resize: (id, px) =>
      keep({ ...chosen, widths: { ...chosen.widths, [id]: Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, px))) } }),
    reset: () => keep(NOTHING),
  }
}

function stored(key: string): Chosen {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (typeof value !== 'object' || value === null) return NOTHING
    return { shown: membersOf(value, 'shown', 'boolean'), widths: membersOf(value, 'widths', 'number') }
  } catch {
    // Something else wrote it; the defaults are as good as any.
    return NOTHING
  }
}

function membersOf<Kind extends 'boolean' | 'number'>(
  value: object,
  name: string,
  kind: Kind,
): Readonly<Record<string, Kind extends 'boolean' ? boolean : number>> {
  const members: unknown = Reflect.get(value, name)
  if (typeof members !== 'object' || members === null) return {}
  const kept = Object.entries(members).filter(([, member]) => typeof member === kind)
  return Object.fromEntries(kept) // Only members of the kind are left.
}

/** A cell's text on one line for the clipboard, guarded like the CSV files against what a spreadsheet would run. */
export function clipboardCell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const line = value.replaceAll(/[\t\r\n]+/g, ' ')
  return /^[=+\-@]/.test(line) ? `'${line}` : line
}
