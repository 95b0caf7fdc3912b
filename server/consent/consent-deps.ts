import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, GrantId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { AgentLink } from '../gateway/agent-link.ts'
import type { RunService } from '../runs/run-service.ts'
import type { LogDraft } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { NoticeTerms } from './make-request.ts'

/** What the beginning and the end of a grant do to its runs. */
export interface RunsOfGrant extends Pick<RunService, 'order'> {
  endForGrant(grant: { readonly grantId: GrantId; readonly deviceId: DeviceId }, code: ErrorCode): Promise<void>
}

export interface ConsentDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly link: AgentLink
  readonly runs: RunsOfGrant
  readonly terms: NoticeTerms
}

/** A log entry before the store seals it, at the clock's time. */
export function logDraft(
  clock: Clock,
  entry: {
    readonly ticketId: TicketId
    readonly actor: Actor
    readonly kind: LogDraft['kind']
    readonly body: LogDraft['body']
    readonly mails?: NonNullable<LogDraft['mails']>
  },
): LogDraft {
  return { at: isoNow(clock), ...entry }
}

/** The device as the log names it. */
export function deviceActor(deviceId: DeviceId, name: string = deviceId): Actor {
  return { kind: 'device', id: deviceId, name: name.slice(0, 255).toWellFormed() }
}

export const SERVER_ACTOR: Actor = { kind: 'system', id: 'server', name: 'AskFirst server' }

/** Tells readers of a ticket that its log grew and that a thing of it changed, and the queue that it moved. */
export function publishChange(bus: Bus, ticketId: TicketId, kind: 'request' | 'run', id: string): void {
  bus.publish({ topic: `ticket/${ticketId}`, kind, id })
  bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
  bus.publish({ topic: 'queue', kind: 'activity', id: ticketId })
}
