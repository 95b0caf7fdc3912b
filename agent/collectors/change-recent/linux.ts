import type { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { pacmanChange } from '../../parsers/pacman-log.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import { RPM_FORMAT, rpmChange } from '../../parsers/rpm-packages.ts'
import { snapChanges } from '../../parsers/snap-changes.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { NotSupportedHere } from '../../runtime/collector-context.ts'
import { rotatedFiles } from '../rotated-files.ts'
import { debianChanges } from './linux-debian.ts'
import type { ChangeWindow } from './window.ts'
import { passOn, passUnparsed } from './window.ts'

const RPM = ['/usr/bin/rpm', '/bin/rpm']
const RPM_DATABASES = ['/usr/lib/sysimage/rpm', '/var/lib/rpm']
const SNAP = ['/usr/bin/snap']
const PACMAN_LOG = '/var/log/pacman.log'

type Read = (ctx: CollectorContext, window: ChangeWindow) => AsyncGenerator<ChangeRow, void, undefined>

/**
 * Changes by the package managers of this system: each is tried where its own records exist, and one that fails makes
 * the result partial.
 *
 * @throws NotSupportedHere when there is none that is known
 */
export async function* linuxChanges(
  ctx: CollectorContext,
  window: ChangeWindow,
): AsyncGenerator<ChangeRow, void, undefined> {
  const readers = await presentReaders(ctx)
  if (readers.length === 0) {
    throw new NotSupportedHere('No records of dpkg, rpm, pacman or snap were found on this system.')
  }
  for (const read of readers) yield* read(ctx, window)
}

async function presentReaders(ctx: CollectorContext): Promise<readonly Read[]> {
  const readers: Read[] = []
  if (await isThere(ctx, ['/var/lib/dpkg/status'])) readers.push(debianChanges)
  if (await isThere(ctx, RPM_DATABASES.map((folder) => `${folder}/rpmdb.sqlite`).concat('/var/lib/rpm/Packages'))) {
    readers.push(rpmChanges)
  }
  if (await isThere(ctx, [PACMAN_LOG])) readers.push(pacmanChanges)
  if (await isThere(ctx, ['/var/lib/snapd/state.json'])) readers.push(snapdChanges)
  return readers
}

async function isThere(ctx: CollectorContext, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if ((await ctx.files.facts(path)) !== null) return true
  return false
}

async function* rpmChanges(ctx: CollectorContext): AsyncGenerator<ChangeRow, void, undefined> {
  const tally = newTally()
  try {
    for await (const line of ctx.commands.lines(RPM, ['-qa', '--qf', RPM_FORMAT])) {
      const row = rpmChange(line, tally)
      if (row !== null) yield row
    }
  } catch (error) {
    passOn(ctx, error)
  }
  passUnparsed(ctx, 'rpm', tally.unparsed)
}

async function* pacmanChanges(ctx: CollectorContext, window: ChangeWindow): AsyncGenerator<ChangeRow, void, undefined> {
  try {
    for (const file of await rotatedFiles(ctx, PACMAN_LOG)) {
      if (file.modifiedAt.getTime() < window.fromMs) continue
      for await (const line of ctx.files.lines(file.path)) {
        const row = pacmanChange(line, 'local')
        if (row !== null) yield row
      }
    }
  } catch (error) {
    passOn(ctx, error)
  }
}

async function* snapdChanges(ctx: CollectorContext): AsyncGenerator<ChangeRow, void, undefined> {
  const tally = newTally()
  try {
    for await (const line of ctx.commands.lines(SNAP, ['changes', '--abs-time'])) yield* snapChanges(line, tally)
  } catch (error) {
    passOn(ctx, error)
  }
  passUnparsed(ctx, 'snap changes', tally.unparsed)
}
