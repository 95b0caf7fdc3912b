import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { EMPTY_LOG_HASH } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { LogSigner } from '../ca/log-signer.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { logOrigin } from '../findings-log/log-origin.ts'
import { ServiceTime } from '../service-time/service-time.ts'
import type { ServiceLevel } from '../settings/service-level.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { ClockFacts } from '../store/clock-entities.ts'
import type { Device } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { foldEntry } from '../ticket-clock/clock-facts.ts'
import { targetsOf } from '../ticket-clock/targets.ts'
import type { ReportInput, ReportTimes } from './report-input.ts'

export interface ReportDeps {
  readonly store: Store
  readonly logSigner: LogSigner
  readonly clock: Clock
  readonly settings: Pick<SettingsService, 'latest'>
}

/** Entries that one call of the store returns. */
const LOG_PAGE = 500

/**
 * Reads all that a report tells. The log is read first: what comes to the ticket meanwhile may stand among the rest,
 * but nothing that the log names is missing.
 *
 * @throws AskFirstError NOT_FOUND
 */
export async function readReport(deps: ReportDeps, ticketId: TicketId): Promise<ReportInput> {
  const { store, logSigner, clock, settings } = deps
  const ticket = await store.tickets.get(ticketId)
  if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId} to report`)
  const entries = await wholeLog(store, ticketId)
  const [requests, runs, findings, method, escalations, asks, appointments] = await Promise.all([
    store.consent.listForTicket(ticketId),
    store.runs.listForTicket(ticketId),
    store.findings.listForTicket(ticketId),
    store.method.read(ticketId),
    store.escalations.listForTicket(ticketId),
    store.asks.listForTicket(ticketId),
    store.appointments.listForTicket(ticketId),
  ])
  const head = { size: entries.length, headHash: entries.at(-1)?.hash ?? EMPTY_LOG_HASH }
  const known = { ticket, entries, requests, runs, findings, method, asks, appointments }
  const devices = await devicesOf(store, known)
  return {
    ...known,
    escalations: escalations.toReversed(),
    times: timesOf(entries, settings.latest().serviceLevel),
    devices: new Map(devices.map(({ id, name }) => [id, name])),
    people: await peopleOf(store, known),
    collectors: await titlesOf(store, devices),
    organisation: settings.latest().organisationName,
    madeAt: isoNow(clock),
    checkpoint: logSigner.sign({ origin: logOrigin(logSigner.keyName, ticketId), ...head }),
    verifierKey: logSigner.verifierKey,
  }
}

/** The ticket's clock as of exactly these entries, which the kept one may be behind or before. */
function timesOf(entries: readonly LogEntry[], serviceLevel: ServiceLevel): ReportTimes {
  const facts = entries.reduce(foldEntry, null as ClockFacts | null) // Else its type is only `null`.
  if (facts === null) return { facts, targets: [] }
  return { facts, targets: targetsOf(facts, { serviceLevel, time: new ServiceTime(serviceLevel.calendar) }) }
}

/** The whole findings log of a ticket, in order. */
async function wholeLog(store: Pick<Store, 'log'>, ticketId: TicketId): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for (;;) {
    const page = await store.log.read(ticketId, entries.length, LOG_PAGE)
    entries.push(...page)
    if (page.length < LOG_PAGE) return entries
  }
}

type Known = Pick<ReportInput, 'ticket' | 'entries' | 'requests' | 'runs' | 'findings'>

async function devicesOf(store: Store, { ticket, entries, requests, runs }: Known): Promise<readonly Device[]> {
  const ids = new Set<DeviceId>([
    ...ticket.deviceIds,
    ...requests.map(({ deviceId }) => deviceId),
    ...runs.map(({ deviceId }) => deviceId),
    ...idsIn(entries, /^dev_\w+$/).map((id) => id as DeviceId), // A wrong one is only not found.
  ])
  const found = await Promise.all([...ids].map((id) => store.devices.get(id)))
  return found.filter((device) => device !== null)
}

async function peopleOf(store: Store, { ticket, entries, requests, runs, findings }: Known) {
  const ids = new Set<UserId | null>([
    ticket.assigneeId,
    ...requests.map(({ technicianId }) => technicianId),
    ...runs.map(({ technicianId }) => technicianId),
    ...findings.map(({ judgedBy }) => judgedBy),
    ...idsIn(entries, /^usr_\w+$/).map((id) => id as UserId), // As above.
  ])
  const found = await Promise.all([...ids].map((id) => (id === null ? null : store.users.get(id))))
  return new Map<string, string>(found.flatMap((user) => (user === null ? [] : [[user.id, user.name]])))
}

/** Ids that entries name in their fields or in the changes of a ticket. */
function idsIn(entries: readonly LogEntry[], form: RegExp): readonly string[] {
  const ids = new Set<string>()
  const look = (value: unknown, depth: number) => {
    if (typeof value === 'string' && form.test(value)) ids.add(value)
    else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH)
      for (const inner of Object.values(value)) look(inner, depth + 1)
  }
  for (const { kind, body, actor } of entries) {
    look(actor.id, MAX_DEPTH)
    if (kind === 'ticket.changed') look(body, 0)
    else for (const value of Object.values(body)) look(value, MAX_DEPTH)
  }
  return [...ids]
}

/** `changes.deviceIds.from[0]` is as deep as it gets. */
const MAX_DEPTH = 5

/** Titles as the devices announced them; equal ids mean the same collector everywhere. */
async function titlesOf(store: Store, devices: readonly Device[]): Promise<ReadonlyMap<string, string>> {
  const hashes = new Set(devices.flatMap(({ catalogueSha256 }) => catalogueSha256 ?? []))
  const catalogues = await Promise.all([...hashes].map((sha256) => store.devices.catalogue(sha256)))
  return new Map(catalogues.flatMap((entries) => (entries ?? []).map(({ id, title }) => [id, title] as const)))
}
