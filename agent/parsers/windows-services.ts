import type { ServiceRow, ServiceStartMode, ServiceState } from '@askfirst/protocol/results/service-list.ts'
import { knownFields } from './known-fields.ts'
import { jsonCount, jsonFlag, jsonNumber, jsonObject, jsonText } from './values.ts'

const STATES: Readonly<Record<string, ServiceState>> = {
  Running: 'running',
  'Start Pending': 'starting',
  'Stop Pending': 'stopping',
  'Continue Pending': 'starting',
  'Pause Pending': 'paused',
  Paused: 'paused',
  Stopped: 'stopped',
}
const START_MODES: Readonly<Record<string, ServiceStartMode>> = {
  Boot: 'boot',
  System: 'boot',
  Auto: 'automatic',
  Manual: 'manual',
  Disabled: 'disabled',
}
/** ERROR_SERVICE_NEVER_STARTED: since the start of Windows nobody tried to start it; no failure. */
const NEVER_STARTED = 1_077

/** One Win32_Service object as JSON (its words are not localised), or null when it has no name. */
export function windowsServiceRow(value: unknown, withCommandLine: boolean): ServiceRow | null {
  const service = jsonObject(value)
  const name = jsonText(service?.Name, 256)
  if (service === null || name === undefined) return null
  const exitCode = jsonNumber(service.ExitCode)
  const pid = jsonCount(service.ProcessId)
  return knownFields<ServiceRow>({
    name,
    title: jsonText(service.DisplayName, 512),
    state: stateOf(service.State, exitCode),
    stateDetail: jsonText(service.State, 128),
    startMode: startModeOf(service),
    pid: pid === 0 ? undefined : pid,
    exitCode,
    serviceExitCode: jsonNumber(service.ServiceSpecificExitCode),
    account: jsonText(service.StartName, 256),
    commandLine: withCommandLine ? jsonText(service.PathName, 8_192) : undefined,
    source: 'Win32_Service',
  })
}

function stateOf(value: unknown, exitCode: number | undefined): ServiceState {
  const state = (typeof value === 'string' && Object.hasOwn(STATES, value) ? STATES[value] : undefined) ?? 'unknown'
  const hasFailed = exitCode !== undefined && exitCode !== 0 && exitCode !== NEVER_STARTED
  return state === 'stopped' && hasFailed ? 'failed' : state
}

function startModeOf(service: Readonly<Record<string, unknown>>): ServiceStartMode | undefined {
  const mode = service.StartMode
  const known = typeof mode === 'string' && Object.hasOwn(START_MODES, mode) ? START_MODES[mode] : undefined
  return known === 'automatic' && jsonFlag(service.DelayedAutoStart) === true ? 'automaticDelayed' : known
}
