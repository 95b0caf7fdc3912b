import type { ChangeKind, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { knownFields } from './known-fields.ts'
import type { TimeReference } from './log-time.ts'
import { leadingTime } from './log-time.ts'
import type { ParseTally } from './parse-tally.ts'
import { instantOf, lineOf } from './values.ts'

const KINDS: Readonly<Record<string, ChangeKind>> = {
  Install: 'installed',
  Reinstall: 'installed',
  Upgrade: 'updated',
  Downgrade: 'downgraded',
  Remove: 'removed',
  Purge: 'removed',
}
const PACKAGE = /([^\s:,()]{1,200}):([a-z0-9-]{1,32}) \(([^()]{0,512})\)/g
const MAX_PACKAGES = 20_000

/** One run of apt: who asked for it, with which command, and what it changed. */
export interface AptTransaction {
  readonly startMs: number
  /** Equal to `startMs` when apt was cut off before it noted its end. */
  readonly endMs: number
  readonly commandLine: string | undefined
  readonly by: string | undefined
  readonly hasFailed: boolean
  readonly changes: readonly ChangeRow[]
}

/**
 * Transactions out of /var/log/apt/history.log: blocks of `Field: value` lines, an empty line between two. A block
 * without a readable `Start-Date` is counted as not understood.
 */
export async function* aptTransactions(
  lines: AsyncIterable<string> | Iterable<string>,
  zone: TimeReference['zone'],
  tally: ParseTally,
): AsyncGenerator<AptTransaction, void, undefined> {
  let block = new Map<string, string>()
  for await (const line of lines) {
    const colon = line.indexOf(': ')
    if (line.trim() !== '') {
      if (colon > 0 && block.size < 32) block.set(line.slice(0, colon), line.slice(colon + 2).trim())
      continue
    }
    yield* transactionOf(block, zone, tally)
    block = new Map()
  }
  yield* transactionOf(block, zone, tally)
}

function transactionOf(block: ReadonlyMap<string, string>, zone: TimeReference['zone'], tally: ParseTally) {
  if (block.size === 0) return []
  const startMs = timeOf(block.get('Start-Date'), zone)
  const time = instantOf(startMs)
  if (startMs === undefined || time === undefined) {
    tally.unparsed += 1
    return []
  }
  tally.rows += 1
  const origin = {
    commandLine: lineOf(block.get('Commandline'), 4_096),
    by: lineOf(block.get('Requested-By')?.replace(/ \(\d{1,10}\)$/, ''), 256),
    hasFailed: block.has('Error'),
  }
  const endMs = Math.max(startMs, timeOf(block.get('End-Date'), zone) ?? startMs)
  return [{ startMs, endMs, ...origin, changes: changesOf(block, time, origin) }]
}

function timeOf(text: string | undefined, zone: TimeReference['zone']): number | undefined {
  return leadingTime((text ?? '').replace(/ {2,}/, ' '), { latestMs: Number.MAX_SAFE_INTEGER, zone })?.timeMs
}

function changesOf(
  block: ReadonlyMap<string, string>,
  time: string,
  origin: Pick<AptTransaction, 'commandLine' | 'by' | 'hasFailed'>,
): readonly ChangeRow[] {
  const rows: ChangeRow[] = []
  for (const [field, kind] of Object.entries(KINDS)) {
    for (const [, name, architecture, versions = ''] of (block.get(field) ?? '').matchAll(PACKAGE)) {
      if (rows.length >= MAX_PACKAGES) return rows
      const numbers = versions.split(', ').filter((part) => part !== 'automatic')
      rows.push(
        knownFields<ChangeRow>({
          time,
          kind,
          name: name ?? '',
          ...versionsOf(kind, numbers),
          architecture,
          result: origin.hasFailed ? 'failed' : undefined,
          by: origin.by,
          commandLine: origin.commandLine,
          source: 'apt',
        }),
      )
    }
  }
  return rows
}

function versionsOf(kind: ChangeKind, numbers: readonly string[]): Pick<ChangeRow, 'fromVersion' | 'toVersion'> {
  const [first, second] = numbers.map((number) => lineOf(number, 256))
  if (kind === 'installed') return knownFields({ toVersion: first })
  if (kind === 'removed') return knownFields({ fromVersion: first })
  return knownFields({ fromVersion: first, toVersion: second })
}
