import type { ChangeKind, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { knownFields } from './known-fields.ts'
import { lineOf } from './values.ts'

/** What an event says about a change; time and source come from the event itself. */
type Change = Omit<ChangeRow, 'time' | 'source'>
type Values = Readonly<Record<string, string>>

/** One kind of Windows event that tells of a change. */
export interface ChangeEvent {
  readonly channel: 'System' | 'Application' | 'Microsoft-Windows-Kernel-PnP/Configuration'
  readonly provider: string
  readonly id: number
  readonly read: (values: Values) => Change | null
}

const MSI = 'MsiInstaller'
const UPDATE = 'Microsoft-Windows-WindowsUpdateClient'
const USER_PNP = 'Microsoft-Windows-UserPnp'
const SCM = 'Service Control Manager'
const PNP_CHANNEL = 'Microsoft-Windows-Kernel-PnP/Configuration'

/** Events that tell of a change, by CATALOGUE row 5 (EvtxECmd maps and provider manifests of Windows 10). */
export const CHANGE_EVENTS: readonly ChangeEvent[] = [
  { channel: 'Application', provider: MSI, id: 1033, read: (values) => msiProduct(values, 'installed') },
  { channel: 'Application', provider: MSI, id: 1034, read: (values) => msiProduct(values, 'removed') },
  { channel: 'Application', provider: MSI, id: 11707, read: (values) => msiText(values, 'installed', 'succeeded') },
  { channel: 'Application', provider: MSI, id: 11708, read: (values) => msiText(values, 'installed', 'failed') },
  { channel: 'Application', provider: MSI, id: 11724, read: (values) => msiText(values, 'removed', 'succeeded') },
  { channel: 'System', provider: UPDATE, id: 19, read: (values) => windowsUpdate(values, 'succeeded') },
  { channel: 'System', provider: UPDATE, id: 20, read: (values) => windowsUpdate(values, 'failed') },
  { channel: 'System', provider: USER_PNP, id: 20001, read: driverInstalled },
  { channel: 'System', provider: USER_PNP, id: 20003, read: driverService },
  { channel: PNP_CHANNEL, provider: 'Microsoft-Windows-Kernel-PnP', id: 400, read: deviceConfigured },
  { channel: 'System', provider: SCM, id: 7045, read: serviceAdded },
  { channel: 'System', provider: SCM, id: 7040, read: serviceStartMode },
]

/** The change that an event tells of, or null for other events and for those without a name in them. */
export function changeOfEvent(event: EventRow): ChangeRow | null {
  const known = CHANGE_EVENTS.find(({ provider, id }) => provider === event.provider && id === event.eventId)
  const change = known?.read(event.data ?? {}) ?? null
  if (change === null) return null
  return knownFields<ChangeRow>({
    time: event.time,
    by: event.user,
    source: `${event.provider} ${event.eventId}`,
    ...change,
  })
}

function value(values: Values, name: string, maxLength = 256): string | undefined {
  const text = Object.hasOwn(values, name) ? lineOf(values[name], maxLength) : undefined
  return text === '(NULL)' ? undefined : text
}

/** Unnamed values in order: product, version, language, Windows Installer status, manufacturer. */
function msiProduct(values: Values, kind: ChangeKind): Change | null {
  const name = value(values, 'param1', 512)
  if (name === undefined) return null
  const version = value(values, 'param2')
  const status = value(values, 'param4', 64)
  const isDone = status === '0' || status === '3010' || status === '1641'
  return knownFields<Change>({
    kind,
    name,
    fromVersion: kind === 'removed' ? version : undefined,
    toVersion: kind === 'removed' ? undefined : version,
    result: status === undefined ? undefined : isDone ? 'succeeded' : 'failed',
    code: isDone ? undefined : status,
    publisher: value(values, 'param5'),
  })
}

/** `Product: NAME -- Installation completed successfully.`; the words after the name are localised and not read. */
function msiText(values: Values, kind: ChangeKind, result: 'succeeded' | 'failed'): Change | null {
  const text = value(values, 'param1', 1_024)
  const name = lineOf(/^[^:]{1,32}: (.{1,512}?) -- /.exec(text ?? '')?.[1], 512)
  return name === undefined ? null : { kind, name, result }
}

function windowsUpdate(values: Values, result: 'succeeded' | 'failed'): Change | null {
  const name = value(values, 'updateTitle', 512)
  if (name === undefined) return null
  return knownFields<Change>({ kind: 'osUpdate', name, result, code: value(values, 'errorCode', 64) })
}

function driverInstalled(values: Values): Change | null {
  const name = value(values, 'DriverDescription', 512) ?? value(values, 'DriverName', 512)
  if (name === undefined) return null
  const status = value(values, 'InstallStatus', 64)
  return knownFields<Change>({
    kind: 'driver',
    name,
    toVersion: value(values, 'DriverVersion'),
    publisher: value(values, 'DriverProvider'),
    result: status === undefined ? undefined : /^(0x)?0+$/.test(status) ? 'succeeded' : 'failed',
    code: status !== undefined && !/^(0x)?0+$/.test(status) ? status : undefined,
    detail: value(values, 'DeviceInstanceID', 1_024),
  })
}

function driverService(values: Values): Change | null {
  const name = value(values, 'ServiceName', 512)
  if (name === undefined) return null
  return knownFields<Change>({ kind: 'driver', name, detail: value(values, 'DriverFileName', 1_024) })
}

function deviceConfigured(values: Values): Change | null {
  const name = value(values, 'DriverName', 512)
  if (name === undefined) return null
  const outranked = value(values, 'OutrankedDrivers', 400)
  const device = value(values, 'DeviceInstanceId', 400)
  return knownFields<Change>({
    kind: 'driver',
    name,
    toVersion: value(values, 'DriverVersion'),
    detail: lineOf(
      [device, outranked === undefined ? undefined : `instead of ${outranked}`].filter(Boolean).join('; '),
    ),
  })
}

function serviceAdded(values: Values): Change | null {
  const name = value(values, 'ServiceName', 512)
  if (name === undefined) return null
  const words = ['added', value(values, 'ServiceType'), value(values, 'StartType')]
  return knownFields<Change>({
    kind: 'service',
    name,
    commandLine: value(values, 'ImagePath', 4_096),
    detail: lineOf(words.filter(Boolean).join(', ')),
  })
}

/** Values in order: display name, start mode before, start mode after (both localised), service name. */
function serviceStartMode(values: Values): Change | null {
  const name = value(values, 'param4', 512) ?? value(values, 'param1', 512)
  if (name === undefined) return null
  const from = value(values, 'param2') ?? '?'
  return { kind: 'service', name, detail: `start mode: ${from} -> ${value(values, 'param3') ?? '?'}` }
}
