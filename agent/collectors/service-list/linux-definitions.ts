import type { ServiceRow, ServiceStartMode, ServiceState } from '@askfirst/protocol/results/service-list.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import { initScriptTitle, parseUnitFile } from '../../parsers/unit-file.ts'
import type { CollectorContext, DirectoryEntry } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import type { ServiceParams } from './params.ts'

/** Folders of unit files, the first that has a name wins (systemd.unit(5)). */
const UNIT_FOLDERS = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']
const INIT_FOLDER = '/etc/init.d'
/** Folders whose `S..` links say what starts in the usual run levels. */
const RUN_LEVELS = ['/etc/rcS.d', '/etc/rc2.d', '/etc/rc3.d', '/etc/rc4.d', '/etc/rc5.d']
/** OpenRC keeps one link for each service under the folder of its state. */
const OPENRC = '/run/openrc'
const OPENRC_STATES: Readonly<Record<string, ServiceState>> = {
  started: 'running',
  starting: 'starting',
  stopping: 'stopping',
  failed: 'failed',
}

/**
 * What is defined on a Linux where systemd does not run: OpenRC with its states; else scripts of /etc/init.d and unit
 * files, state unknown. No script is run to ask it. The result is partial where states are unknown.
 */
export async function* definedServices(
  ctx: CollectorContext,
  params: ServiceParams,
): AsyncGenerator<ServiceRow, void, undefined> {
  const openrc = await openrcStates(ctx)
  const rows = [...(await initScripts(ctx, openrc)), ...(openrc === null ? await unitFiles(ctx, params) : [])]
  yield* rows
  if (openrc !== null && rows.length > 0) return
  const reason =
    rows.length === 0
      ? 'Neither systemd nor OpenRC runs here, and no service is defined.'
      : 'systemd does not run here: these services are defined, but whether they run could not be read.'
  const error = new SourceError('missing', '/run/systemd/system', reason)
  if (rows.length === 0) throw error
  ctx.partial(error)
}

async function openrcStates(ctx: CollectorContext): Promise<ReadonlyMap<string, ServiceState> | null> {
  if ((await entries(ctx, OPENRC)).length === 0) return null
  const states = new Map<string, ServiceState>()
  for (const [folder, state] of Object.entries(OPENRC_STATES)) {
    for (const { name } of await entries(ctx, `${OPENRC}/${folder}`)) states.set(name, state)
  }
  return states
}

async function initScripts(
  ctx: CollectorContext,
  openrc: ReadonlyMap<string, ServiceState> | null,
): Promise<readonly ServiceRow[]> {
  const started = await startLinks(ctx)
  const rows: ServiceRow[] = []
  for (const { name, kind } of await entries(ctx, INIT_FOLDER)) {
    if (kind !== 'file' || /^(README|skeleton|functions|rc|rcS)$|\.sh$|^\./.test(name)) continue
    const path = `${INIT_FOLDER}/${name}`
    rows.push(
      knownFields<ServiceRow>({
        name,
        title: initScriptTitle((await ctx.files.tryText(path)) ?? ''),
        state: openrc === null ? 'unknown' : (openrc.get(name) ?? 'stopped'),
        startMode: started.has(name) ? 'automatic' : openrc === null ? 'manual' : undefined,
        definedIn: path,
        source: openrc === null ? 'init.d' : 'openrc',
      }),
    )
  }
  return rows
}

async function startLinks(ctx: CollectorContext): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (const folder of RUN_LEVELS) {
    for (const { name } of await entries(ctx, folder)) if (/^S\d\d./.test(name)) names.add(name.slice(3))
  }
  return names
}

async function unitFiles(ctx: CollectorContext, params: ServiceParams): Promise<readonly ServiceRow[]> {
  const rows = new Map<string, ServiceRow>()
  const wanted = await wantedUnits(ctx)
  for (const folder of UNIT_FOLDERS) {
    for (const entry of await entries(ctx, folder)) {
      if (!entry.name.endsWith('.service') || rows.has(entry.name)) continue
      rows.set(entry.name, await unitRow(ctx, { folder, entry, params, wanted }))
    }
  }
  return [...rows.values()]
}

interface FoundUnit {
  readonly folder: string
  readonly entry: DirectoryEntry
  readonly params: ServiceParams
  /** Names of the units that some target wants. */
  readonly wanted: ReadonlySet<string>
}

async function unitRow(ctx: CollectorContext, { folder, entry, params, wanted }: FoundUnit): Promise<ServiceRow> {
  const path = `${folder}/${entry.name}`
  const target = entry.kind === 'link' ? await ctx.files.link(path) : null
  const unit = parseUnitFile((await ctx.files.tryText(path)) ?? '')
  return knownFields<ServiceRow>({
    name: entry.name,
    title: unit.description,
    state: 'unknown',
    startMode: startMode({ target, isWanted: wanted.has(entry.name), isInstallable: unit.isInstallable }),
    loaded: target === '/dev/null' ? false : undefined,
    account: unit.user,
    commandLine: params.commandLine ? unit.commandLine : undefined,
    definedIn: path,
    source: 'unit-file',
  })
}

function startMode(unit: {
  readonly target: string | null
  readonly isWanted: boolean
  readonly isInstallable: boolean
}): ServiceStartMode {
  if (unit.target === '/dev/null') return 'disabled'
  if (unit.isWanted) return 'automatic'
  return unit.isInstallable ? 'manual' : 'onDemand'
}

/** Units that a target wants or requires, by the links in `*.target.wants` and `*.target.requires`. */
async function wantedUnits(ctx: CollectorContext): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (const folder of UNIT_FOLDERS) {
    for (const { name } of await entries(ctx, folder)) {
      if (!/\.target\.(wants|requires)$/.test(name)) continue
      for (const link of await entries(ctx, `${folder}/${name}`)) names.add(link.name)
    }
  }
  return names
}

/** What a folder holds; empty when it is not there. */
async function entries(ctx: CollectorContext, folder: string): Promise<readonly DirectoryEntry[]> {
  try {
    return await ctx.files.list(folder)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    if (error.problem !== 'missing') ctx.partial(error)
    return []
  }
}
