import type { ChangeKind, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { knownFields } from './known-fields.ts'
import type { TimeReference } from './log-time.ts'
import { leadingTime } from './log-time.ts'
import { instantOf, lineOf } from './values.ts'

const ACTIONS: Readonly<Record<string, ChangeKind>> = {
  installed: 'installed',
  reinstalled: 'installed',
  upgraded: 'updated',
  downgraded: 'downgraded',
  removed: 'removed',
}
const LINE =
  /^\[(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d{4})?)\] \[ALPM\] (\w{1,16}) (\S{1,256}) \((.{1,512})\)$/

/** A change out of pacman.log: `[2026-01-02T10:00:00+0100] [ALPM] upgraded linux (6.1-1 -> 6.2-1)`; null for other lines. */
export function pacmanChange(line: string, zone: TimeReference['zone']): ChangeRow | null {
  const [, stamp = '', action = '', name, versions = ''] = LINE.exec(line) ?? []
  const kind = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined
  const withSeconds = /:\d\d:\d\d/.test(stamp) ? stamp : `${stamp}:00`
  const time = instantOf(leadingTime(withSeconds, { latestMs: Number.MAX_SAFE_INTEGER, zone })?.timeMs)
  if (kind === undefined || time === undefined || name === undefined) return null
  const [from, to] = versions.includes(' -> ') ? versions.split(' -> ') : [undefined, versions]
  return knownFields<ChangeRow>({
    time,
    kind,
    name,
    fromVersion: kind === 'removed' ? lineOf(versions, 256) : lineOf(from, 256),
    toVersion: kind === 'removed' ? undefined : lineOf(to, 256),
    source: 'pacman.log',
  })
}
