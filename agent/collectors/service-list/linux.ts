import type { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import { SYSTEMCTL_PROPERTIES, systemctlShowRows } from '../../parsers/systemctl-show.ts'
import { unitFileRows } from '../../parsers/systemctl-unit-files.ts'
import { wholeNumber } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import { definedServices } from './linux-definitions.ts'
import type { ServiceParams } from './params.ts'

const SYSTEMCTL = ['/usr/bin/systemctl', '/bin/systemctl']
/** It exists exactly while systemd is the running init (sd_booted(3)). */
const SYSTEMD_RUNS = '/run/systemd/system'

/** Services of systemd; where systemd does not run, what is defined there, with the state unknown and the result partial. */
export async function* linuxServices(
  ctx: CollectorContext,
  params: ServiceParams,
): AsyncGenerator<ServiceRow, void, undefined> {
  if (await isSystemdRunning(ctx)) yield* systemdServices(ctx, params)
  else yield* definedServices(ctx, params)
}

async function isSystemdRunning(ctx: CollectorContext): Promise<boolean> {
  try {
    await ctx.files.list(SYSTEMD_RUNS)
    return true
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return error.problem !== 'missing'
  }
}

/** Loaded units with their state, then those that only have a file. No shell: systemctl itself takes the pattern. */
async function* systemdServices(
  ctx: CollectorContext,
  params: ServiceParams,
): AsyncGenerator<ServiceRow, void, undefined> {
  const properties = SYSTEMCTL_PROPERTIES.filter((name) => params.commandLine || name !== 'ExecStart')
  const args = ['show', '--no-pager', '--all', `--property=${properties.join(',')}`, '--', '*.service']
  const seen = new Set<string>()
  const options = { bootMs: await bootMs(ctx), withCommandLine: params.commandLine }
  for await (const row of systemctlShowRows(ctx.commands.lines(SYSTEMCTL, args), options)) {
    seen.add(row.name)
    yield row
  }
  if (seen.size === 0) throw new SourceError('failed', 'systemctl show', 'systemd listed no service, which cannot be.')
  for (const row of await unloadedServices(ctx)) if (!seen.has(row.name)) yield row
}

async function unloadedServices(ctx: CollectorContext): Promise<readonly ServiceRow[]> {
  try {
    const args = ['list-unit-files', '--type=service', '--no-legend', '--no-pager']
    const text = await ctx.commands.text(SYSTEMCTL, args, { maxBytes: 1_048_576 })
    return unitFileRows(text.split('\n'), newTally())
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    ctx.partial(error)
    return []
  }
}

/** When the system started, in ms since 1970, of `btime` in /proc/stat. */
async function bootMs(ctx: CollectorContext): Promise<number | null> {
  const seconds = wholeNumber(/^btime (\d+)$/m.exec((await ctx.files.tryText('/proc/stat')) ?? '')?.[1])
  return seconds === undefined ? null : seconds * 1_000
}
