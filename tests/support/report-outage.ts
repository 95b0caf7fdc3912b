import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { ServiceTime } from '@askfirst/server/service-time/service-time.ts'
import { DEFAULT_SERVICE_LEVEL } from '@askfirst/server/settings/service-level.ts'
import type { ClockFacts, Escalation } from '@askfirst/server/store/clock-entities.ts'
import type { Ticket } from '@askfirst/server/store/entities.ts'
import { foldEntry } from '@askfirst/server/ticket-clock/clock-facts.ts'
import { targetsOf } from '@askfirst/server/ticket-clock/targets.ts'
import type { ReportInput } from '@askfirst/server/ticket-report/report-input.ts'
import {
  chained,
  fixedId,
  LEAD,
  lead,
  opened,
  own,
  reportTicket,
  rules,
  stated,
  TESS,
  TICKET,
  tess,
} from './report-ticket.ts'

const MINUTE_MS = 60_000
/** A Monday, when the desk is open. */
const START = Date.parse('2026-11-23T09:00:00.000Z')

/** So many minutes after the outage was reported. */
export function minute(minutes: number): string {
  return new Date(START + minutes * MINUTE_MS).toISOString()
}

const HANDOVER = 'Problem: no sound at all\nDone so far: looked at the services'
const ACCEPTED: Escalation = {
  ...{ id: fixedId('esc', 1), ticketId: TICKET, fromLevel: 1, toLevel: 2, criterion: 'level-limit', summary: HANDOVER },
  ...{ fromUserId: TESS, toUserId: null, askedBy: rules, askedAt: minute(35), state: 'accepted' },
  ...{ answeredBy: lead, answeredAt: minute(40), reason: null },
}
const ASKED: Escalation = {
  ...{
    id: fixedId('esc', 2),
    ticketId: TICKET,
    fromLevel: 2,
    toLevel: 3,
    criterion: 'outage',
    summary: 'All of them are hit',
  },
  ...{ fromUserId: LEAD, toUserId: TESS, askedBy: lead, askedAt: minute(50), state: 'asked' },
  ...{ answeredBy: null, answeredAt: null, reason: null },
}

function changed(changes: Readonly<Record<string, unknown>>): LogEntry['body'] {
  return { changes: Object.fromEntries(Object.entries(changes).map(([field, to]) => [field, { from: null, to }])) }
}

const BEGIN: Parameters<typeof chained>[0] = [
  [own, 'ticket.opened', { openedBy: 'requester', priority: 1 }, minute(0)],
  [own, 'person.stated', stated(1, opened()), minute(0)],
  [tess, 'ticket.changed', changed({ assigneeId: TESS, state: 'open' }), minute(5)],
  [rules, 'clock.breached', { target: 'response' }, minute(15)],
  [tess, 'message.sent', { text: 'We look at it' }, minute(20)],
  [rules, 'clock.breached', { target: 'level' }, minute(35)],
  [rules, 'ticket.changed', changed({ level: 2 }), minute(35)],
  [rules, 'escalation.asked', { criterion: 'level-limit', fromLevel: 1, toLevel: 2, summary: HANDOVER }, minute(35)],
  [lead, 'ticket.changed', changed({ assigneeId: LEAD }), minute(40)],
  [lead, 'escalation.accepted', { toLevel: 2 }, minute(40)],
  [tess, 'ticket.linked', { link: 'has-duplicate', number: 8 }, minute(42)],
  [tess, 'ticket.linked', { link: 'has-duplicate', number: 9 }, minute(43)],
  [tess, 'ticket.linked', { link: 'has-duplicate', number: 9, removed: true }, minute(44)],
]
const ESCALATED: Parameters<typeof chained>[0] = [
  [
    lead,
    'escalation.asked',
    { criterion: 'outage', fromLevel: 2, toLevel: 3, summary: 'All of them are hit' },
    minute(50),
  ],
]
const ENDED: Parameters<typeof chained>[0] = [
  [lead, 'theory.judged', { statement: 'The service crashes', verdict: 'confirmed' }, minute(65)],
  [lead, 'ticket.changed', changed({ state: 'waiting' }), minute(70)],
  [lead, 'ticket.changed', changed({ state: 'open' }), minute(100)],
  [lead, 'action.done', { what: 'Start the service again', state: 'done' }, minute(110)],
  [lead, 'ticket.changed', changed({ state: 'resolved' }), minute(1_500)],
  [own, 'person.stated', stated(2, { kind: 'answer', fixed: true }), minute(1_530)],
]

function timesOf(entries: readonly LogEntry[]): ReportInput['times'] {
  const facts = entries.reduce(foldEntry, null as ClockFacts | null) // Else its type is only `null`.
  const time = new ServiceTime(DEFAULT_SERVICE_LEVEL.calendar)
  return { facts, targets: facts === null ? [] : targetsOf(facts, { serviceLevel: DEFAULT_SERVICE_LEVEL, time }) }
}

function outage(
  events: Parameters<typeof chained>[0],
  ticket: Partial<Ticket>,
  escalations: readonly Escalation[],
): ReportInput {
  const base = reportTicket()
  const entries = chained(events)
  const record = { ...base.ticket, createdAt: minute(0), priority: 1, assigneeId: LEAD, confirmed: null, ...ticket }
  return { ...base, entries, ticket: record, escalations, times: timesOf(entries) }
}

/** An outage at which somebody is asked to take it over, with something of each kind that stands open. */
export function escalatedTicket(changes: Partial<ReportInput> = {}): ReportInput {
  const base = outage([...BEGIN, ...ESCALATED], { state: 'open', level: 3 }, [ACCEPTED, ASKED])
  const [action] = base.method.actions
  const [theory] = base.method.theories
  const [request] = base.requests
  if (action === undefined || theory === undefined || request === undefined)
    throw new Error('The ticket lacks records.')
  const contacts = {
    onSite: { name: 'Olaf Onsite', contact: 'room 12' },
    stakeholders: [{ name: 'Sue Stake', email: 'sue@example.org', notices: 'all' } as const],
  }
  return {
    ...base,
    madeAt: minute(60),
    ticket: { ...base.ticket, contacts },
    method: {
      ...base.method,
      theories: [theory, { ...theory, id: fixedId('thy', 2), statement: 'A cable is loose', verdict: 'open' }],
      actions: [
        action,
        { ...action, id: fixedId('act', 3), what: 'Change the driver', state: 'approved', outcome: null },
      ],
    },
    requests: [
      ...base.requests,
      { ...request, grantEndedAt: null, grant: request.grant && { ...request.grant, expiresAt: minute(90) } },
    ],
    asks: [openAsk()],
    appointments: [appointment()],
    ...changes,
  }
}

/** The same outage when it was over. */
export function endedTicket(changes: Partial<ReportInput> = {}): ReportInput {
  const base = outage([...BEGIN, ...ENDED], { state: 'resolved', level: 2, confirmed: true }, [ACCEPTED])
  const theories = base.method.theories.map((theory) => ({ ...theory, judgedAt: minute(65) }))
  const refuted = theories.map((theory) => ({ ...theory, statement: 'A cable is loose', verdict: 'refuted' }) as const)
  const method = { ...base.method, theories: [...theories, ...refuted] }
  return { ...base, madeAt: minute(2_000), method, ...changes }
}

function openAsk(): ReportInput['asks'][number] {
  const id = fixedId('ask', 5)
  const body = { action: 'Change the driver', risk: 'high', who: 'Tess' } as const
  return {
    ...{ id, ticketId: TICKET, askSha256: '0'.repeat(64), askedBy: TESS, state: 'open', endedAt: null, answer: null },
    ask: { askId: id, kind: 'approve-action', at: minute(45), by: { name: 'Tess', role: 'technician' }, body },
  }
}

function appointment(): ReportInput['appointments'][number] {
  return {
    ...{
      id: fixedId('apt', 1),
      ticketId: TICKET,
      askId: fixedId('ask', 6),
      technicianId: TESS,
      technicianName: 'Tess',
    },
    ...{ what: 'Look at the cables', place: null, from: minute(120), until: minute(150), state: 'agreed', sequence: 0 },
    ...{ agreedAt: minute(30), endedAt: null },
  }
}
