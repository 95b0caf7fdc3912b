import type { ChangeKind, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { knownFields } from './known-fields.ts'
import type { ParseTally } from './parse-tally.ts'
import { instantOfText, lineOf } from './values.ts'

const LINE = /^(\d{1,9}) +(\w{1,16}) +(\S{1,40}) +(\S{1,40}) +(.{1,1024})$/
const KINDS: readonly (readonly [RegExp, ChangeKind])[] = [
  [/^install /i, 'installed'],
  [/^(auto-)?refresh /i, 'updated'],
  [/^revert /i, 'downgraded'],
  [/^remove /i, 'removed'],
]
const RESULTS: Readonly<Record<string, 'succeeded' | 'failed' | 'running'>> = {
  Done: 'succeeded',
  Error: 'failed',
  Undone: 'failed',
  Doing: 'running',
}

/**
 * Changes out of `snap changes --abs-time`: `ID Status Spawn Ready Summary`. One row for each snap that the summary names
 * in quotes; changes of settings and connections give none.
 */
export function snapChanges(line: string, tally: ParseTally): readonly ChangeRow[] {
  if (line.trim() === '' || line.startsWith('ID ')) return []
  const [, , status = '', spawn, , summary = ''] = LINE.exec(line) ?? []
  const time = instantOfText(spawn)
  if (time === undefined) {
    tally.unparsed += 1
    return []
  }
  tally.rows += 1
  const kind = KINDS.find(([pattern]) => pattern.test(summary))?.[1]
  if (kind === undefined) return []
  const names = [...summary.matchAll(/["“]([^"”]{1,200})["”]/g)].map(([, name]) => lineOf(name, 512))
  return names.flatMap((name) => (name === undefined ? [] : [rowOf({ time, kind, name, status, summary })]))
}

function rowOf(change: {
  readonly time: string
  readonly kind: ChangeKind
  readonly name: string
  readonly status: string
  readonly summary: string
}): ChangeRow {
  return knownFields<ChangeRow>({
    time: change.time,
    kind: change.kind,
    name: change.name,
    result: Object.hasOwn(RESULTS, change.status) ? RESULTS[change.status] : undefined,
    detail: lineOf(change.summary, 1_024),
    source: 'snap',
  })
}
