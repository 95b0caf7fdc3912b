import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import type { AlertedUser, AlertKind } from '../store/alert-store.ts'
import type { TargetName } from '../store/clock-entities.ts'
import type { Ticket } from '../store/entities.ts'
import { ROLE_PERMISSIONS } from '../users/permissions.ts'

/** Why somebody of the desk is written to: a text of the catalogue, and the time of which it speaks where it speaks of one. */
export interface AlertReason {
  readonly text: keyof RequesterTexts & `mail.alert.${string}`
  readonly target: TargetName | null
}

/** Where the entry of an alert is. */
interface Happened {
  readonly entry: LogEntry
  readonly ticket: Pick<Ticket, 'assigneeId' | 'state'>
}

type Judge = (happened: Happened, person: AlertedUser) => AlertReason | null

/** What each kind of entry can be an alert of, and for whom. An entry of another kind is none. */
const JUDGES: Readonly<Partial<Record<LogKind, { readonly alert: AlertKind; readonly judge: Judge }>>> = {
  'ticket.changed': {
    alert: 'given',
    judge: ({ entry }, { user }) => when(assignedTo(entry) === user.id && !isBy(entry, user), 'mail.alert.given'),
  },
  'escalation.asked': { alert: 'given', judge: askedToTake },
  'offer.made': { alert: 'given', judge: askedToTake },
  'clock.warned': {
    alert: 'clock',
    judge: ({ entry }, { user }) => timed(entry, entry.body['assigneeId'] === user.id, 'mail.alert.warned'),
  },
  'clock.breached': {
    alert: 'clock',
    judge: ({ entry }, { user }) => {
      const isForLeads = entry.body['tellLeads'] === true && ROLE_PERMISSIONS[user.role].has('lead.read')
      return timed(entry, isForLeads || entry.body['assigneeId'] === user.id, 'mail.alert.breached')
    },
  },
  'consent.reported': {
    alert: 'report',
    judge: ({ entry }, { user }) => {
      const mayLift = ROLE_PERMISSIONS[user.role].has('report.clear')
      return when(mayLift && entry.body['technicianId'] !== user.id, 'mail.alert.reported')
    },
  },
  'person.stated': {
    alert: 'reply',
    judge: (happened, person) => (isOpening(happened.entry) ? null : replied(happened, person)),
  },
  'requester.wrote': { alert: 'reply', judge: replied },
  'requester.answered': { alert: 'reply', judge: replied },
  'requester.decided': { alert: 'reply', judge: replied },
  'mail.received': { alert: 'reply', judge: replied },
}

/** Kinds of log entries that can be an alert. */
export const ALERTING = Object.keys(JUDGES) as readonly LogKind[] // The keys above.

/** Why an entry is an alert for somebody; null: it is none, or they did not choose it. */
export function alertReason(happened: Happened, person: AlertedUser): AlertReason | null {
  const known = JUDGES[happened.entry.kind]
  if (known === undefined || !person.kinds.includes(known.alert) || happened.entry.at < person.since) return null
  // A closed ticket wants nothing of anybody; what is suspicious stays so.
  return happened.ticket.state === 'closed' && known.alert !== 'report' ? null : known.judge(happened, person)
}

function askedToTake({ entry }: Happened, { user }: AlertedUser): AlertReason | null {
  return when(entry.body['toUserId'] === user.id && !isBy(entry, user), 'mail.alert.asked')
}

function replied({ ticket }: Happened, { user }: AlertedUser): AlertReason | null {
  return when(ticket.assigneeId === user.id, 'mail.alert.replied')
}

function when(isAlert: boolean, text: AlertReason['text']): AlertReason | null {
  return isAlert ? { text, target: null } : null
}

function timed({ body }: LogEntry, isAlert: boolean, text: AlertReason['text']): AlertReason | null {
  // Written by the clock.
  return isAlert ? { text, target: body['target'] as TargetName } : null
}

function isBy({ actor }: LogEntry, { id }: AlertedUser['user']): boolean {
  return actor.id === id
}

function isOpening({ body: { said } }: LogEntry): boolean {
  return typeof said === 'object' && said !== null && Reflect.get(said, 'kind') === 'opened'
}

/** Whom a change gave the ticket to; undefined when it gave it to nobody. */
function assignedTo({ body: { changes } }: LogEntry): unknown {
  const change: unknown =
    typeof changes === 'object' && changes !== null ? Reflect.get(changes, 'assigneeId') : undefined
  return typeof change === 'object' && change !== null ? Reflect.get(change, 'to') : undefined
}
