import { Compile } from 'typebox/schema'
import type { Collector } from './define-collector.ts'

/** Says whether a row has the form that its collector promises. */
export interface RowCheck {
  Check(value: unknown): boolean
}

const compiled = new WeakMap<Collector, RowCheck>()

/** The check of a collector's rows, compiled once in a process. */
export function rowCheckOf(collector: Collector): RowCheck {
  const known = compiled.get(collector)
  if (known !== undefined) return known
  const check = Compile(collector.row)
  compiled.set(collector, check)
  return check
}
