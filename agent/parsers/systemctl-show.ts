import type { ServiceRow, ServiceStartMode, ServiceState } from '@askfirst/protocol/results/service-list.ts'
import { knownFields } from './known-fields.ts'
import { instantOf, lineOf, signedNumber, wholeNumber } from './values.ts'

/** Properties that `systemctl show` is asked for (org.freedesktop.systemd1(5)). */
export const SYSTEMCTL_PROPERTIES: readonly string[] = [
  'Id',
  'Description',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'FragmentPath',
  'Result',
  'MainPID',
  'ExecMainCode',
  'ExecMainStatus',
  'ExecMainStartTimestampMonotonic',
  'NRestarts',
  'MemoryCurrent',
  'User',
  'TriggeredBy',
  'ExecStart',
]

/** `CLD_EXITED`: the process ended by itself; `CLD_KILLED`, `CLD_DUMPED`: a signal ended it (sigaction(2)). */
const EXITED = '1'
const SIGNALLED: ReadonlySet<string> = new Set(['2', '3'])
/** What systemd prints for a counter that it does not have: all bits set, or a word. */
const NO_MEMORY = '18446744073709551615'

export interface ShowOptions {
  /** When the system started, in ms since 1970; null when unknown. */
  readonly bootMs: number | null
  readonly withCommandLine: boolean
}

type Unit = ReadonlyMap<string, string>

/**
 * Services out of `systemctl show --property=... '*.service'`: blocks of `Name=value` lines, an empty line between two
 * units. A block without a name is passed over.
 */
export async function* systemctlShowRows(
  lines: AsyncIterable<string> | Iterable<string>,
  options: ShowOptions,
): AsyncGenerator<ServiceRow, void, undefined> {
  let unit = new Map<string, string>()
  for await (const line of lines) {
    const equals = line.indexOf('=')
    if (line !== '') {
      const name = line.slice(0, equals)
      if (equals > 0 && !unit.has(name) && unit.size < 64) unit.set(name, line.slice(equals + 1))
      continue
    }
    yield* rowsOf(unit, options)
    unit = new Map()
  }
  yield* rowsOf(unit, options)
}

function rowsOf(unit: Unit, options: ShowOptions): ServiceRow[] {
  const name = lineOf(unit.get('Id'), 256)
  return name === undefined ? [] : [rowOf(name, unit, options)]
}

function rowOf(name: string, unit: Unit, options: ShowOptions): ServiceRow {
  const pid = wholeNumber(unit.get('MainPID'))
  const memory = unit.get('MemoryCurrent')
  return knownFields<ServiceRow>({
    name,
    title: lineOf(unit.get('Description'), 512),
    state: stateOf(unit.get('ActiveState'), unit.get('SubState')),
    stateDetail: lineOf([unit.get('ActiveState'), unit.get('SubState')].filter(Boolean).join('/'), 128),
    startMode: startModeOf(unit),
    loaded: isLoaded(unit.get('LoadState')) ? undefined : false,
    pid: pid === 0 ? undefined : pid,
    ...lastEnd(unit),
    result: lineOf(unit.get('Result'), 64),
    restarts: wholeNumber(unit.get('NRestarts')),
    startedAt: startedAt(unit, options.bootMs),
    memoryBytes: memory === NO_MEMORY ? undefined : wholeNumber(memory),
    account: lineOf(unit.get('User'), 256),
    commandLine: options.withCommandLine ? commandLine(unit.get('ExecStart')) : undefined,
    definedIn: lineOf(unit.get('FragmentPath'), 1_024),
    source: 'systemd',
  })
}

function isLoaded(state: string | undefined): boolean {
  return state === undefined || state === 'loaded' || state === ''
}

/** State of a unit in words of all systems. */
function stateOf(active: string | undefined, sub: string | undefined): ServiceState {
  if (active === 'active' || active === 'reloading') return sub === 'exited' ? 'finished' : 'running'
  if (active === 'failed') return 'failed'
  if (active === 'inactive') return 'stopped'
  if (active === 'activating') return 'starting'
  return active === 'deactivating' ? 'stopping' : 'unknown'
}

function startModeOf(unit: Unit): ServiceStartMode | undefined {
  const mode = startModeOfFile(unit.get('UnitFileState'))
  const isTriggered = (unit.get('TriggeredBy') ?? '') !== ''
  return isTriggered && mode !== 'disabled' ? 'onDemand' : mode
}

/** Start mode that the state of a unit's file means (systemctl(1), `is-enabled`). */
export function startModeOfFile(state: string | undefined): ServiceStartMode | undefined {
  if (state === 'enabled' || state === 'enabled-runtime') return 'automatic'
  if (state === 'masked' || state === 'masked-runtime') return 'disabled'
  if (state === 'disabled') return 'manual'
  return state === 'static' || state === 'indirect' || state === 'alias' ? 'onDemand' : undefined
}

function lastEnd(unit: Unit): Pick<ServiceRow, 'exitCode' | 'exitSignal'> {
  const code = unit.get('ExecMainCode') ?? '0'
  const status = signedNumber(unit.get('ExecMainStatus'))
  if (status === undefined) return {}
  if (code === EXITED || code === 'exited') return { exitCode: status }
  const isSignal = SIGNALLED.has(code) || code === 'killed' || code === 'dumped'
  return isSignal && status >= 1 && status <= 255 ? { exitSignal: status } : {}
}

function startedAt(unit: Unit, bootMs: number | null): string | undefined {
  const microseconds = wholeNumber(unit.get('ExecMainStartTimestampMonotonic'))
  if (bootMs === null || microseconds === undefined || microseconds === 0) return undefined
  return instantOf(bootMs + Math.floor(microseconds / 1_000))
}

/** `{ path=/usr/sbin/sshd ; argv[]=/usr/sbin/sshd -D ; ignore_errors=no ; ... }` */
function commandLine(execStart: string | undefined): string | undefined {
  const start = execStart?.indexOf('argv[]=') ?? -1
  if (execStart === undefined || start === -1) return undefined
  const end = execStart.indexOf(' ; ', start)
  return lineOf(execStart.slice(start + 7, end === -1 ? undefined : end), 8_192)
}
