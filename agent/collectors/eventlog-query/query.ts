import type { EventLevel, EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { EventFilter } from '../../parsers/event-filter.ts'
import type { ParseTally } from '../../parsers/parse-tally.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'

/** Logs that are read when the request names none; on each system those of other systems are passed over. */
export const DEFAULT_CHANNELS = ['System', 'Application', 'unified', 'journal', 'syslog', 'kernel'] as const

/** Windows channels that a request may name besides; `Security` is not among them, it has a parameter of its own. */
const FURTHER_CHANNELS = [
  'Setup',
  'Microsoft-Windows-Diagnostics-Performance/Operational',
  'Microsoft-Windows-Kernel-PnP/Configuration',
  'Microsoft-Windows-DeviceSetupManager/Admin',
  'Microsoft-Windows-DriverFrameworks-UserMode/Operational',
  'Microsoft-Windows-Ntfs/Operational',
  'Microsoft-Windows-Storage-Storport/Operational',
  'Microsoft-Windows-StorageSpaces-Driver/Operational',
  'Microsoft-Windows-NetworkProfile/Operational',
  'Microsoft-Windows-WLAN-AutoConfig/Operational',
  'Microsoft-Windows-Dhcp-Client/Admin',
  'Microsoft-Windows-DNS-Client/Operational',
  'Microsoft-Windows-GroupPolicy/Operational',
  'Microsoft-Windows-WindowsUpdateClient/Operational',
  'Microsoft-Windows-Bits-Client/Operational',
  'Microsoft-Windows-PrintService/Admin',
  'Microsoft-Windows-SMBClient/Connectivity',
  'Microsoft-Windows-TaskScheduler/Operational',
  'Microsoft-Windows-User Profile Service/Operational',
  'Microsoft-Windows-Windows Defender/Operational',
  'Microsoft-Windows-BitLocker/BitLocker Management',
  'Microsoft-Windows-CodeIntegrity/Operational',
  'Microsoft-Windows-AppXDeploymentServer/Operational',
  'Microsoft-Windows-Resource-Exhaustion-Detector/Operational',
  'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
] as const

export const EVENT_CHANNELS = [...DEFAULT_CHANNELS, ...FURTHER_CHANNELS] as const
export type EventChannel = (typeof EVENT_CHANNELS)[number]

/** Channels of this list that are not logs of Windows. */
export const OTHER_SYSTEMS_CHANNELS: ReadonlySet<EventChannel> = new Set(['unified', 'journal', 'syslog', 'kernel'])

/** Parameters of a run, as the collector's schema checked them. */
export interface EventParams {
  readonly windowMinutes: number
  readonly from?: string
  readonly to?: string
  readonly levels: readonly EventLevel[]
  readonly ids: readonly number[]
  readonly providers: readonly string[]
  readonly channels: readonly EventChannel[]
  readonly includeSecurity: boolean
  readonly maxRows: number
}

/** What every source of events is asked. */
export interface EventQuery {
  readonly filter: EventFilter
  readonly params: EventParams
}

/** One log: its wanted events, newest first, and what its parser made of it. */
export interface EventSource {
  /** Name for messages about it. */
  readonly name: string
  readonly tally: ParseTally
  readonly rows: AsyncGenerator<EventRow, void, undefined>
}

/** Finds the logs of one system that fit the query. */
export type FindSources = (ctx: CollectorContext, query: EventQuery) => Promise<readonly EventSource[]>

/** The window is counted back from now; `from` and `to` can only narrow it. */
export function queryOf(params: EventParams, now: Date): EventQuery {
  const earliest = now.getTime() - params.windowMinutes * 60_000
  const from = params.from === undefined ? earliest : instantMs(params.from, Number.POSITIVE_INFINITY)
  const to = params.to === undefined ? now.getTime() : instantMs(params.to, Number.NEGATIVE_INFINITY)
  return {
    params,
    filter: {
      fromMs: Math.max(earliest, from),
      toMs: Math.min(now.getTime(), to),
      levels: new Set(params.levels),
      ids: new Set(params.ids),
      providers: new Set(params.providers.map((provider) => provider.toLowerCase())),
    },
  }
}

/** A date that the calendar does not have gives an empty window. */
function instantMs(text: string, otherwise: number): number {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? otherwise : ms
}
