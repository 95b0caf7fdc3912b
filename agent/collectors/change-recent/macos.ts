import type { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { installHistoryChanges } from '../../parsers/macos-install-history.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { passUnparsed } from './window.ts'

const SYSTEM_PROFILER = ['/usr/sbin/system_profiler']
const DATA_TYPE = 'SPInstallHistoryDataType'

/** What the installer of macOS did: packages and updates. Programs that were only copied leave no record. */
export async function* macosChanges(ctx: CollectorContext): AsyncGenerator<ChangeRow, void, undefined> {
  const tally = newTally()
  const text = await ctx.commands.text(SYSTEM_PROFILER, ['-json', DATA_TYPE], { maxBytes: 33_554_432 })
  yield* installHistoryChanges(text, tally)
  passUnparsed(ctx, DATA_TYPE, tally.unparsed)
}
