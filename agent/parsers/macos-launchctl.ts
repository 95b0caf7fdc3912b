import type { ServiceRow, ServiceStartMode, ServiceState } from '@askfirst/protocol/results/service-list.ts'
import { knownFields } from './known-fields.ts'
import type { ParseTally } from './parse-tally.ts'
import { jsonFlag, jsonList, jsonObject, jsonText, lineOf, signedNumber, wholeNumber } from './values.ts'

/**
 * Services out of `launchctl list`: process id or `-`, last exit status (negative: the signal that ended it), label, with
 * tabs between them.
 */
export function launchctlRow(line: string, tally: ParseTally): ServiceRow | null {
  if (line.trim() === '' || line.startsWith('PID\t')) return null
  const [pidText, statusText, ...rest] = line.split('\t')
  const name = lineOf(rest.join('\t'), 256)
  const status = signedNumber(statusText)
  const pid = wholeNumber(pidText)
  if (name === undefined || status === undefined || (pid === undefined && pidText !== '-')) {
    tally.unparsed += 1
    return null
  }
  tally.rows += 1
  return knownFields<ServiceRow>({
    name,
    state: stateOf(pid, status),
    pid,
    exitCode: isSignal(status) ? undefined : status,
    exitSignal: isSignal(status) ? -status : undefined,
    source: 'launchd',
  })
}

/** macOS has 31 signals (signal(3)); what is below is an error number of the system, e.g. -43 for a missing file. */
function isSignal(status: number): boolean {
  return status < 0 && status >= -31
}

function stateOf(pid: number | undefined, status: number): ServiceState {
  if (pid !== undefined) return 'running'
  return status === 0 ? 'stopped' : 'failed'
}

/** What a launchd property list adds to a service. */
export interface LaunchdDefinition {
  readonly label: string
  readonly startMode: ServiceStartMode
  readonly account: string | undefined
  readonly commandLine: string | undefined
}

/** A launchd property list as `plutil -convert json` gives it (launchd.plist(5)), or null without a label. */
export function launchdDefinition(value: unknown): LaunchdDefinition | null {
  const definition = jsonObject(value)
  const label = jsonText(definition?.Label, 256)
  if (definition === null || label === undefined) return null
  const words = jsonList(definition.ProgramArguments).filter((word) => typeof word === 'string')
  return {
    label,
    startMode: startModeOf(definition),
    account: jsonText(definition.UserName, 256),
    commandLine: words.length > 0 ? jsonText(words.join(' '), 8_192) : jsonText(definition.Program, 8_192),
  }
}

function startModeOf(definition: Readonly<Record<string, unknown>>): ServiceStartMode {
  if (jsonFlag(definition.Disabled) === true) return 'disabled'
  const isKept = jsonFlag(definition.KeepAlive) === true || jsonFlag(definition.RunAtLoad) === true
  return isKept ? 'automatic' : 'onDemand'
}
