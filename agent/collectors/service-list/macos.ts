import type { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import type { LaunchdDefinition } from '../../parsers/macos-launchctl.ts'
import { launchctlRow, launchdDefinition } from '../../parsers/macos-launchctl.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import { parseJson } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import type { ServiceParams } from './params.ts'

const LAUNCHCTL = ['/bin/launchctl']
const PLUTIL = ['/usr/bin/plutil']
/** Definitions that are not Apple's own; the hundreds in /System never differ between machines of a version. */
const FOLDERS = ['/Library/LaunchDaemons', '/Library/LaunchAgents']
const MAX_DEFINITIONS = 200

interface Defined {
  readonly definition: LaunchdDefinition
  readonly file: string
}

/** Services of launchd: system-wide ones for an administrator, else those of the agent's own account. */
export async function* macosServices(
  ctx: CollectorContext,
  params: ServiceParams,
): AsyncGenerator<ServiceRow, void, undefined> {
  const defined = await definitions(ctx)
  const tally = newTally()
  for await (const line of ctx.commands.lines(LAUNCHCTL, ['list'])) {
    const row = launchctlRow(line, tally)
    if (row === null) continue
    yield withDefinition(row, defined.get(row.name), params)
    defined.delete(row.name)
  }
  for (const [name, rest] of defined) {
    yield withDefinition(
      { name, state: 'unknown', stateDetail: 'not loaded for this account', source: 'launchd' },
      rest,
      params,
    )
  }
  if (tally.unparsed > 0) {
    ctx.partial(new SourceError('failed', 'launchctl list', `${tally.unparsed} lines could not be understood.`))
  }
}

function withDefinition(row: ServiceRow, defined: Defined | undefined, params: ServiceParams): ServiceRow {
  if (defined === undefined) return row
  return knownFields<ServiceRow>({
    ...row,
    startMode: defined.definition.startMode,
    account: defined.definition.account,
    commandLine: params.commandLine ? defined.definition.commandLine : undefined,
    definedIn: defined.file,
  })
}

async function definitions(ctx: CollectorContext): Promise<Map<string, Defined>> {
  const found = new Map<string, Defined>()
  for (const folder of FOLDERS) {
    for (const file of await propertyLists(ctx, folder)) {
      if (found.size >= MAX_DEFINITIONS) return found
      const definition = await readDefinition(ctx, file)
      if (definition !== null) found.set(definition.label, { definition, file })
    }
  }
  return found
}

async function propertyLists(ctx: CollectorContext, folder: string): Promise<readonly string[]> {
  try {
    const entries = await ctx.files.list(folder)
    return entries.filter(({ name }) => name.endsWith('.plist')).map(({ name }) => `${folder}/${name}`)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    ctx.partial(error)
    return []
  }
}

async function readDefinition(ctx: CollectorContext, file: string): Promise<LaunchdDefinition | null> {
  try {
    const json = await ctx.commands.text(PLUTIL, ['-convert', 'json', '-o', '-', '--', file], { maxBytes: 262_144 })
    return launchdDefinition(parseJson(json))
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    ctx.partial(error)
    return null
  }
}
