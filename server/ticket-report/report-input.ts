import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { Appointment } from '../store/appointment-store.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { ClockFacts, Escalation, Target } from '../store/clock-entities.ts'
import type { Finding, Run, StoredRequest, Ticket } from '../store/entities.ts'
import type { MethodRecord } from '../store/method-entities.ts'

/** All that a report is made from; the log stands first, everything else explains it. */
export interface ReportInput {
  readonly ticket: Ticket
  readonly entries: readonly LogEntry[]
  readonly requests: readonly StoredRequest[]
  readonly runs: readonly Run[]
  readonly findings: readonly Finding[]
  readonly method: MethodRecord
  /** In the order in which they were asked. */
  readonly escalations: readonly Escalation[]
  readonly asks: readonly StoredAsk[]
  readonly appointments: readonly Appointment[]
  readonly times: ReportTimes
  /** Names by id; what is missing is shown by its id in the internal edition and not at all in the other. */
  readonly devices: ReadonlyMap<string, string>
  readonly people: ReadonlyMap<string, string>
  /** Titles of collectors by their id. */
  readonly collectors: ReadonlyMap<string, string>
  readonly organisation: string
  readonly madeAt: string
  /** The server's signed note over size and end of `entries`, and the key that made it. */
  readonly checkpoint: string
  readonly verifierKey: string
}

/** How the ticket stands against the clock as of the last of the entries; without facts where the log does not say it. */
export interface ReportTimes {
  readonly facts: ClockFacts | null
  readonly targets: readonly Target[]
}

/** The device whose person the customer edition is for: the one that opened the ticket, or else the ticket's first. */
export function customerDevice({ ticket, entries }: Pick<ReportInput, 'ticket' | 'entries'>): DeviceId | null {
  const opener = entries.find(({ kind }) => kind === 'ticket.opened')?.actor
  if (opener?.kind === 'device') return opener.id as DeviceId // The server wrote it from the device's certificate.
  return ticket.deviceIds[0] ?? null
}
