import type { ChangeKind, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { knownFields } from './known-fields.ts'
import type { TimeReference } from './log-time.ts'
import { leadingTime } from './log-time.ts'
import type { ParseTally } from './parse-tally.ts'
import { instantOf, lineOf } from './values.ts'

const ACTIONS: Readonly<Record<string, ChangeKind>> = {
  install: 'installed',
  upgrade: 'updated',
  remove: 'removed',
}
/** Lines about the progress of an action; `purge` only deletes settings after a `remove` that has its own line. */
const PROGRESS: ReadonlySet<string> = new Set([
  'purge',
  'status',
  'configure',
  'trigproc',
  'startup',
  'conffile',
  'disappear',
])

/** One line of dpkg.log (dpkg(1)): `2026-10-16 23:03:57 install cmake:amd64 <none> 3.25.1-1`, or null for progress lines. */
export function dpkgChange(line: string, zone: TimeReference['zone'], tally: ParseTally): ChangeRow | null {
  if (line.trim() === '') return null
  const stamped = leadingTime(line, { latestMs: Number.MAX_SAFE_INTEGER, zone })
  const [action = '', packageName = '', from = '', to = ''] = (stamped?.rest ?? '').split(' ')
  if (stamped !== null && PROGRESS.has(action)) return null
  const kind = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined
  const time = instantOf(stamped?.timeMs)
  const [name, architecture] = packageName.split(':')
  const knownName = lineOf(name, 512)
  if (kind === undefined || time === undefined || knownName === undefined) {
    tally.unparsed += 1
    return null
  }
  tally.rows += 1
  return knownFields<ChangeRow>({
    time,
    kind,
    name: knownName,
    fromVersion: version(from),
    toVersion: kind === 'removed' ? undefined : version(to),
    architecture: lineOf(architecture, 32),
    source: 'dpkg.log',
  })
}

function version(text: string): string | undefined {
  return text === '<none>' ? undefined : lineOf(text, 256)
}
