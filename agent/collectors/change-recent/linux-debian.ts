import type { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import type { AptTransaction } from '../../parsers/apt-history.ts'
import { aptTransactions } from '../../parsers/apt-history.ts'
import { dpkgChange } from '../../parsers/dpkg-log.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import type { RotatedFile } from '../rotated-files.ts'
import { rotatedFiles } from '../rotated-files.ts'
import type { ChangeWindow } from './window.ts'
import { passOn, passUnparsed } from './window.ts'

const DPKG_LOG = '/var/log/dpkg.log'
const APT_LOG = '/var/log/apt/history.log'

/**
 * Changes on Debian and Ubuntu: dpkg.log says what changed when, apt's history adds who asked for it and how. Where
 * dpkg.log says nothing of the window, apt's own list is taken.
 */
export async function* debianChanges(
  ctx: CollectorContext,
  window: ChangeWindow,
): AsyncGenerator<ChangeRow, void, undefined> {
  const transactions = await readTransactions(ctx, window)
  let rows = 0
  for await (const row of dpkgChanges(ctx, window)) {
    rows += 1
    yield withOrigin(row, transactions)
  }
  if (rows === 0) for (const transaction of transactions) yield* transaction.changes
}

async function readTransactions(ctx: CollectorContext, window: ChangeWindow): Promise<readonly AptTransaction[]> {
  const tally = newTally()
  const found: AptTransaction[] = []
  for (const file of await filesOf(ctx, APT_LOG, window)) {
    try {
      for await (const transaction of aptTransactions(ctx.files.lines(file.path), 'local', tally)) {
        if (transaction.endMs >= window.fromMs) found.push(transaction)
      }
    } catch (error) {
      passOn(ctx, error)
    }
  }
  passUnparsed(ctx, APT_LOG, tally.unparsed)
  return found
}

async function* dpkgChanges(ctx: CollectorContext, window: ChangeWindow): AsyncGenerator<ChangeRow, void, undefined> {
  const tally = newTally()
  for (const file of await filesOf(ctx, DPKG_LOG, window)) {
    try {
      for await (const line of ctx.files.lines(file.path)) {
        const row = dpkgChange(line, 'local', tally)
        if (row !== null && Date.parse(row.time) >= window.fromMs) yield row
      }
    } catch (error) {
      passOn(ctx, error)
    }
  }
  passUnparsed(ctx, DPKG_LOG, tally.unparsed)
}

async function filesOf(ctx: CollectorContext, base: string, window: ChangeWindow): Promise<readonly RotatedFile[]> {
  try {
    const files = await rotatedFiles(ctx, base)
    return files.filter((file) => file.modifiedAt.getTime() >= window.fromMs)
  } catch (error) {
    passOn(ctx, error)
    return []
  }
}

function withOrigin(row: ChangeRow, transactions: readonly AptTransaction[]): ChangeRow {
  const time = Date.parse(row.time)
  const origin = transactions.find(({ startMs, endMs }) => time >= startMs - 1_000 && time <= endMs + 1_000)
  if (origin === undefined) return row
  return knownFields<ChangeRow>({
    ...row,
    by: origin.by,
    commandLine: origin.commandLine,
    result: origin.hasFailed ? 'failed' : undefined,
  })
}
